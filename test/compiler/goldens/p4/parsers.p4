// The parsers of ingress and egress. Bytes after an invalid header or in a later fragment are payload.

parser SwitchIngressParser(
    packet_in pkt,
    out header_t hdr,
    out ingress_metadata_t ig_md,
    out ingress_intrinsic_metadata_t ig_intr_md) {
    Checksum() ipv4_checksum;
    Checksum() tcp_checksum;
    Checksum() udp_checksum;

    state start {
        pkt.extract(ig_intr_md);
        pkt.advance(PORT_METADATA_SIZE);
        transition select(ig_intr_md.ingress_port) {
            RECIRCULATION_PORT : parse_state;
            default : begin_state;
        }
    }

    state parse_state {
        pkt.extract(hdr.meta);
        transition parse_ethernet;
    }

    // A new packet begins with a state of zeros.
    state begin_state {
        hdr.meta.setValid();
        transition parse_ethernet;
    }

    state parse_ethernet {
        pkt.extract(hdr.ethernet);
        transition select(hdr.ethernet.ether_type) {
            33024 : parse_vlan;
            2048 : parse_ipv4;
            4369 : parse_tunnel;
            default : accept;
        }
    }

    state parse_vlan {
        pkt.extract(hdr.vlan);
        transition select(hdr.vlan.ether_type) {
            2048 : parse_ipv4;
            4369 : parse_tunnel;
            default : accept;
        }
    }

    state parse_tunnel {
        pkt.extract(hdr.tunnel);
        transition accept;
    }

    state parse_ipv4 {
        transition select(pkt.lookahead<bit<16>>()) {
            0x4500 &&& 0xff03 : parse_ipv4_header;
            0x4501 &&& 0xff03 : copy_ipv4_1;
            0x4502 &&& 0xff03 : copy_ipv4_2;
            0x4503 &&& 0xff03 : copy_ipv4_3;
            0x4600 &&& 0xfe03 : parse_ipv4_header;
            0x4601 &&& 0xfe03 : copy_ipv4_1;
            0x4602 &&& 0xfe03 : copy_ipv4_2;
            0x4603 &&& 0xfe03 : copy_ipv4_3;
            0x4800 &&& 0xfc03 : parse_ipv4_header;
            0x4801 &&& 0xfc03 : copy_ipv4_1;
            0x4802 &&& 0xfc03 : copy_ipv4_2;
            0x4803 &&& 0xfc03 : copy_ipv4_3;
            0x4c00 &&& 0xfe03 : parse_ipv4_header;
            0x4c01 &&& 0xfe03 : copy_ipv4_1;
            0x4c02 &&& 0xfe03 : copy_ipv4_2;
            0x4c03 &&& 0xfe03 : copy_ipv4_3;
            default : accept;
        }
    }

    state copy_ipv4_1 {
        ig_md.ipv4_ecn = 1;
        transition parse_ipv4_header;
    }

    state copy_ipv4_2 {
        ig_md.ipv4_ecn = 2;
        transition parse_ipv4_header;
    }

    state copy_ipv4_3 {
        ig_md.ipv4_ecn = 3;
        transition parse_ipv4_header;
    }

    state parse_ipv4_header {
        pkt.extract(hdr.ipv4);
        ipv4_checksum.subtract({
            hdr.ipv4.checksum,
            hdr.ipv4.version,
            hdr.ipv4.ihl,
            hdr.ipv4.diffserv,
            hdr.ipv4.ecn,
            hdr.ipv4.src,
            hdr.ipv4.dst
        });
        tcp_checksum.subtract({hdr.ipv4.src, hdr.ipv4.dst});
        udp_checksum.subtract({hdr.ipv4.src, hdr.ipv4.dst});
        transition select(hdr.ipv4.ihl, hdr.ipv4.fragment_offset, hdr.ipv4.protocol) {
            (5, 0, 6) : parse_tcp;
            (6, 0, 6) : parse_ipv4_option_1_tcp;
            (7, 0, 6) : parse_ipv4_option_2_tcp;
            (8, 0, 6) : parse_ipv4_option_3_tcp;
            (9, 0, 6) : parse_ipv4_option_4_tcp;
            (10, 0, 6) : parse_ipv4_option_5_tcp;
            (11, 0, 6) : parse_ipv4_option_6_tcp;
            (12, 0, 6) : parse_ipv4_option_7_tcp;
            (13, 0, 6) : parse_ipv4_option_8_tcp;
            (5, 0, 17) : parse_udp;
            (6, 0, 17) : parse_ipv4_option_1_udp;
            (7, 0, 17) : parse_ipv4_option_2_udp;
            (8, 0, 17) : parse_ipv4_option_3_udp;
            (9, 0, 17) : parse_ipv4_option_4_udp;
            (10, 0, 17) : parse_ipv4_option_5_udp;
            (11, 0, 17) : parse_ipv4_option_6_udp;
            (12, 0, 17) : parse_ipv4_option_7_udp;
            (13, 0, 17) : parse_ipv4_option_8_udp;
            default : end_ipv4;
        }
    }

    state parse_ipv4_option_1_tcp {
        pkt.extract(hdr.option_1);
        transition parse_tcp;
    }

    state parse_ipv4_option_2_tcp {
        pkt.extract(hdr.option_2);
        transition parse_ipv4_option_1_tcp;
    }

    state parse_ipv4_option_3_tcp {
        pkt.extract(hdr.option_3);
        transition parse_ipv4_option_2_tcp;
    }

    state parse_ipv4_option_4_tcp {
        pkt.extract(hdr.option_4);
        transition parse_ipv4_option_3_tcp;
    }

    state parse_ipv4_option_5_tcp {
        pkt.extract(hdr.option_5);
        transition parse_ipv4_option_4_tcp;
    }

    state parse_ipv4_option_6_tcp {
        pkt.extract(hdr.option_6);
        transition parse_ipv4_option_5_tcp;
    }

    state parse_ipv4_option_7_tcp {
        pkt.extract(hdr.option_7);
        transition parse_ipv4_option_6_tcp;
    }

    state parse_ipv4_option_8_tcp {
        pkt.extract(hdr.option_8);
        transition parse_ipv4_option_7_tcp;
    }

    state parse_ipv4_option_1_udp {
        pkt.extract(hdr.option_1);
        transition parse_udp;
    }

    state parse_ipv4_option_2_udp {
        pkt.extract(hdr.option_2);
        transition parse_ipv4_option_1_udp;
    }

    state parse_ipv4_option_3_udp {
        pkt.extract(hdr.option_3);
        transition parse_ipv4_option_2_udp;
    }

    state parse_ipv4_option_4_udp {
        pkt.extract(hdr.option_4);
        transition parse_ipv4_option_3_udp;
    }

    state parse_ipv4_option_5_udp {
        pkt.extract(hdr.option_5);
        transition parse_ipv4_option_4_udp;
    }

    state parse_ipv4_option_6_udp {
        pkt.extract(hdr.option_6);
        transition parse_ipv4_option_5_udp;
    }

    state parse_ipv4_option_7_udp {
        pkt.extract(hdr.option_7);
        transition parse_ipv4_option_6_udp;
    }

    state parse_ipv4_option_8_udp {
        pkt.extract(hdr.option_8);
        transition parse_ipv4_option_7_udp;
    }

    state parse_tcp {
        pkt.extract(hdr.l4_port);
        pkt.extract(hdr.tcp);
        tcp_checksum.subtract({hdr.tcp.checksum});
        ipv4_checksum.subtract_all_and_deposit(ig_md.ipv4_residual);
        tcp_checksum.subtract_all_and_deposit(ig_md.tcp_residual);
        transition accept;
    }

    state parse_udp {
        pkt.extract(hdr.l4_port);
        pkt.extract(hdr.udp);
        udp_checksum.subtract({hdr.udp.checksum});
        transition select(hdr.l4_port.src_port_dst_port[15:0], hdr.udp.checksum) {
            (7777, 0) : parse_l5;
            (7777, _) : parse_l5_behind_udp;
            (7778, 0) : parse_l5;
            (7778, _) : parse_l5_behind_udp;
            (8888, 0) : parse_l5;
            (8888, _) : parse_l5_behind_udp;
            (9999, 0) : parse_l5;
            (9999, _) : parse_l5_behind_udp;
            (_, 0) : end_ipv4;
            default : end_ipv4_udp;
        }
    }

    state parse_l5_behind_udp {
        pkt.extract(hdr.l5);
        udp_checksum.subtract({hdr.l5.key3});
        ipv4_checksum.subtract_all_and_deposit(ig_md.ipv4_residual);
        ig_md.udp_has_checksum = true;
        udp_checksum.subtract_all_and_deposit(ig_md.udp_residual);
        transition accept;
    }

    state parse_l5 {
        pkt.extract(hdr.l5);
        ipv4_checksum.subtract_all_and_deposit(ig_md.ipv4_residual);
        transition accept;
    }

    state end_ipv4 {
        ipv4_checksum.subtract_all_and_deposit(ig_md.ipv4_residual);
        transition accept;
    }

    state end_ipv4_udp {
        ipv4_checksum.subtract_all_and_deposit(ig_md.ipv4_residual);
        ig_md.udp_has_checksum = true;
        udp_checksum.subtract_all_and_deposit(ig_md.udp_residual);
        transition accept;
    }
}

parser SwitchEgressParser(
    packet_in pkt,
    out header_t hdr,
    out egress_metadata_t eg_md,
    out egress_intrinsic_metadata_t eg_intr_md,
    out egress_intrinsic_metadata_from_parser_t eg_prsr_md,
    out egress_intrinsic_metadata_for_deparser_t eg_dprsr_md) {
    Checksum() ipv4_checksum;
    Checksum() tcp_checksum;
    Checksum() udp_checksum;

    state start {
        pkt.extract(eg_intr_md);
        transition select(eg_intr_md.egress_port) {
            DISCARD_PORT : parse_state_of_discard_port;
            default : parse_state;
        }
    }

    state parse_state {
        pkt.extract(hdr.meta);
        transition parse_ethernet;
    }

    // Recirculating packets may have the same port as unforwarded ones.
    state parse_state_of_discard_port {
        pkt.extract(hdr.meta);
        transition select(hdr.meta.rec.recirculation_flag) {
            0 : discard;
            default : parse_ethernet;
        }
    }

    // All steps of its program run; then the deparser drops it.
    state discard {
        eg_dprsr_md.drop_ctl = 1;
        transition parse_ethernet;
    }

    state parse_ethernet {
        pkt.extract(hdr.ethernet);
        transition select(hdr.ethernet.ether_type) {
            33024 : parse_vlan;
            2048 : parse_ipv4;
            4369 : parse_tunnel;
            default : accept;
        }
    }

    state parse_vlan {
        pkt.extract(hdr.vlan);
        transition select(hdr.vlan.ether_type) {
            2048 : parse_ipv4;
            4369 : parse_tunnel;
            default : accept;
        }
    }

    state parse_tunnel {
        pkt.extract(hdr.tunnel);
        transition accept;
    }

    state parse_ipv4 {
        transition select(pkt.lookahead<bit<8>>()) {
            0x45 &&& 0xff : parse_ipv4_header;
            0x46 &&& 0xfe : parse_ipv4_header;
            0x48 &&& 0xfc : parse_ipv4_header;
            0x4c &&& 0xfe : parse_ipv4_header;
            default : accept;
        }
    }

    state parse_ipv4_header {
        pkt.extract(hdr.ipv4);
        ipv4_checksum.subtract({
            hdr.ipv4.checksum,
            hdr.ipv4.version,
            hdr.ipv4.ihl,
            hdr.ipv4.diffserv,
            hdr.ipv4.ecn,
            hdr.ipv4.dst
        });
        tcp_checksum.subtract({hdr.ipv4.dst});
        udp_checksum.subtract({hdr.ipv4.dst});
        transition select(hdr.ipv4.ihl, hdr.ipv4.fragment_offset, hdr.ipv4.protocol) {
            (5, 0, 6) : parse_tcp;
            (6, 0, 6) : parse_ipv4_option_1_tcp;
            (7, 0, 6) : parse_ipv4_option_2_tcp;
            (8, 0, 6) : parse_ipv4_option_3_tcp;
            (9, 0, 6) : parse_ipv4_option_4_tcp;
            (10, 0, 6) : parse_ipv4_option_5_tcp;
            (11, 0, 6) : parse_ipv4_option_6_tcp;
            (12, 0, 6) : parse_ipv4_option_7_tcp;
            (13, 0, 6) : parse_ipv4_option_8_tcp;
            (5, 0, 17) : parse_udp;
            (6, 0, 17) : parse_ipv4_option_1_udp;
            (7, 0, 17) : parse_ipv4_option_2_udp;
            (8, 0, 17) : parse_ipv4_option_3_udp;
            (9, 0, 17) : parse_ipv4_option_4_udp;
            (10, 0, 17) : parse_ipv4_option_5_udp;
            (11, 0, 17) : parse_ipv4_option_6_udp;
            (12, 0, 17) : parse_ipv4_option_7_udp;
            (13, 0, 17) : parse_ipv4_option_8_udp;
            default : end_ipv4;
        }
    }

    state parse_ipv4_option_1_tcp {
        pkt.extract(hdr.option_1);
        transition parse_tcp;
    }

    state parse_ipv4_option_2_tcp {
        pkt.extract(hdr.option_2);
        transition parse_ipv4_option_1_tcp;
    }

    state parse_ipv4_option_3_tcp {
        pkt.extract(hdr.option_3);
        transition parse_ipv4_option_2_tcp;
    }

    state parse_ipv4_option_4_tcp {
        pkt.extract(hdr.option_4);
        transition parse_ipv4_option_3_tcp;
    }

    state parse_ipv4_option_5_tcp {
        pkt.extract(hdr.option_5);
        transition parse_ipv4_option_4_tcp;
    }

    state parse_ipv4_option_6_tcp {
        pkt.extract(hdr.option_6);
        transition parse_ipv4_option_5_tcp;
    }

    state parse_ipv4_option_7_tcp {
        pkt.extract(hdr.option_7);
        transition parse_ipv4_option_6_tcp;
    }

    state parse_ipv4_option_8_tcp {
        pkt.extract(hdr.option_8);
        transition parse_ipv4_option_7_tcp;
    }

    state parse_ipv4_option_1_udp {
        pkt.extract(hdr.option_1);
        transition parse_udp;
    }

    state parse_ipv4_option_2_udp {
        pkt.extract(hdr.option_2);
        transition parse_ipv4_option_1_udp;
    }

    state parse_ipv4_option_3_udp {
        pkt.extract(hdr.option_3);
        transition parse_ipv4_option_2_udp;
    }

    state parse_ipv4_option_4_udp {
        pkt.extract(hdr.option_4);
        transition parse_ipv4_option_3_udp;
    }

    state parse_ipv4_option_5_udp {
        pkt.extract(hdr.option_5);
        transition parse_ipv4_option_4_udp;
    }

    state parse_ipv4_option_6_udp {
        pkt.extract(hdr.option_6);
        transition parse_ipv4_option_5_udp;
    }

    state parse_ipv4_option_7_udp {
        pkt.extract(hdr.option_7);
        transition parse_ipv4_option_6_udp;
    }

    state parse_ipv4_option_8_udp {
        pkt.extract(hdr.option_8);
        transition parse_ipv4_option_7_udp;
    }

    state parse_tcp {
        pkt.extract(hdr.l4_port);
        pkt.extract(hdr.tcp);
        tcp_checksum.subtract({hdr.tcp.checksum});
        ipv4_checksum.subtract_all_and_deposit(eg_md.ipv4_residual);
        tcp_checksum.subtract_all_and_deposit(eg_md.tcp_residual);
        transition accept;
    }

    state parse_udp {
        pkt.extract(hdr.l4_port);
        pkt.extract(hdr.udp);
        udp_checksum.subtract({hdr.udp.checksum});
        transition select(hdr.l4_port.src_port_dst_port[15:0], hdr.udp.checksum) {
            (7777, 0) : parse_l5;
            (7777, _) : parse_l5_behind_udp;
            (7778, 0) : parse_l5;
            (7778, _) : parse_l5_behind_udp;
            (8888, 0) : parse_l5;
            (8888, _) : parse_l5_behind_udp;
            (9999, 0) : parse_l5;
            (9999, _) : parse_l5_behind_udp;
            (_, 0) : end_ipv4;
            default : end_ipv4_udp;
        }
    }

    state parse_l5_behind_udp {
        pkt.extract(hdr.l5);
        udp_checksum.subtract({hdr.l5.key3});
        ipv4_checksum.subtract_all_and_deposit(eg_md.ipv4_residual);
        eg_md.udp_has_checksum = true;
        udp_checksum.subtract_all_and_deposit(eg_md.udp_residual);
        transition accept;
    }

    state parse_l5 {
        pkt.extract(hdr.l5);
        ipv4_checksum.subtract_all_and_deposit(eg_md.ipv4_residual);
        transition accept;
    }

    state end_ipv4 {
        ipv4_checksum.subtract_all_and_deposit(eg_md.ipv4_residual);
        transition accept;
    }

    state end_ipv4_udp {
        ipv4_checksum.subtract_all_and_deposit(eg_md.ipv4_residual);
        eg_md.udp_has_checksum = true;
        udp_checksum.subtract_all_and_deposit(eg_md.udp_residual);
        transition accept;
    }
}
