// The deparsers of ingress and egress. Checksums are updated from the residuals that the parser computed,
// so the payload is not needed.

control SwitchIngressDeparser(
    packet_out pkt,
    inout header_t hdr,
    in ingress_metadata_t ig_md,
    in ingress_intrinsic_metadata_for_deparser_t ig_dprsr_md) {
    Checksum() ipv4_checksum;
    Checksum() tcp_checksum;
    Checksum() udp_checksum;

    apply {
        hdr.ipv4.checksum = ipv4_checksum.update({
            hdr.ipv4.version,
            hdr.ipv4.ihl,
            hdr.ipv4.diffserv,
            hdr.ipv4.ecn,
            hdr.ipv4.src,
            hdr.ipv4.dst,
            ig_md.ipv4_residual
        });
        hdr.tcp.checksum = tcp_checksum.update({hdr.ipv4.src, hdr.ipv4.dst, ig_md.tcp_residual});
        // A checksum of 0 means that there is none; a computed 0 is sent as all ones.
        if (ig_md.udp_has_checksum) {
            hdr.udp.checksum = udp_checksum.update({
                hdr.ipv4.src,
                hdr.ipv4.dst,
                hdr.l5.key3,
                ig_md.udp_residual
            }, true);
        }
        pkt.emit(hdr.meta);
        pkt.emit(hdr.ethernet);
        pkt.emit(hdr.vlan);
        pkt.emit(hdr.tunnel);
        pkt.emit(hdr.ipv4);
        pkt.emit(hdr.option_8);
        pkt.emit(hdr.option_7);
        pkt.emit(hdr.option_6);
        pkt.emit(hdr.option_5);
        pkt.emit(hdr.option_4);
        pkt.emit(hdr.option_3);
        pkt.emit(hdr.option_2);
        pkt.emit(hdr.option_1);
        pkt.emit(hdr.l4_port);
        pkt.emit(hdr.tcp);
        pkt.emit(hdr.udp);
        pkt.emit(hdr.l5);
    }
}

control SwitchEgressDeparser(
    packet_out pkt,
    inout header_t hdr,
    in egress_metadata_t eg_md,
    in egress_intrinsic_metadata_for_deparser_t eg_dprsr_md) {
    Checksum() ipv4_checksum;
    Checksum() tcp_checksum;
    Checksum() udp_checksum;

    apply {
        hdr.ipv4.checksum = ipv4_checksum.update({
            hdr.ipv4.version,
            hdr.ipv4.ihl,
            hdr.ipv4.diffserv,
            hdr.ipv4.ecn,
            hdr.ipv4.dst,
            eg_md.ipv4_residual
        });
        hdr.tcp.checksum = tcp_checksum.update({hdr.ipv4.dst, eg_md.tcp_residual});
        // A checksum of 0 means that there is none; a computed 0 is sent as all ones.
        if (eg_md.udp_has_checksum) {
            hdr.udp.checksum = udp_checksum.update({
                hdr.l5.key3,
                hdr.ipv4.dst,
                eg_md.udp_residual
            }, true);
        }
        pkt.emit(hdr.meta);
        pkt.emit(hdr.ethernet);
        pkt.emit(hdr.vlan);
        pkt.emit(hdr.tunnel);
        pkt.emit(hdr.ipv4);
        pkt.emit(hdr.option_8);
        pkt.emit(hdr.option_7);
        pkt.emit(hdr.option_6);
        pkt.emit(hdr.option_5);
        pkt.emit(hdr.option_4);
        pkt.emit(hdr.option_3);
        pkt.emit(hdr.option_2);
        pkt.emit(hdr.option_1);
        pkt.emit(hdr.l4_port);
        pkt.emit(hdr.tcp);
        pkt.emit(hdr.udp);
        pkt.emit(hdr.l5);
    }
}
