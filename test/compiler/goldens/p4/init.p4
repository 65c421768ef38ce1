// The init block: sets the program of a packet, and its default forwarding.
control InitBlock(
    inout header_t hdr,
    in ingress_intrinsic_metadata_t ig_intr_md) {
    action forward(bit<9> port) {
        hdr.meta.rec.egress_port = port;
        hdr.meta.rec.ingress_port = ig_intr_md.ingress_port;
    }

    // A program may still forward the packet; otherwise it ends after the egress of the discard port.
    action drop() {
        hdr.meta.rec.egress_port = DISCARD_PORT;
        hdr.meta.rec.ingress_port = ig_intr_md.ingress_port;
    }

    action set_flow_id(bit<16> flow_id) {
        hdr.meta.id.flow_id = flow_id;
    }

    @pragma stage 0
    table tb_forward {
        key = {
            ig_intr_md.ingress_port : exact;
        }
        actions = {
            forward;
            drop;
        }
        default_action = drop();
        size = 512;
    }

    @pragma stage 0
    table tb_flow_filter2 {
        key = {
            hdr.ipv4.src : ternary;
            hdr.ipv4.dst : ternary;
            hdr.ipv4.protocol : ternary;
            hdr.l4_port.src_port_dst_port[31:16] : ternary @name("hdr.l4_port.src_port");
            hdr.l4_port.src_port_dst_port[15:0] : ternary @name("hdr.l4_port.dst_port");
            ig_intr_md.ingress_port : ternary;
        }
        actions = {
            set_flow_id;
            @defaultonly NoAction;
        }
        const default_action = NoAction();
        size = 512;
    }

    @pragma stage 0
    table tb_flow_filter4 {
        key = {
            hdr.ipv4.src : ternary;
            hdr.ipv4.dst : ternary;
            hdr.ipv4.protocol : ternary;
            ig_intr_md.ingress_port : ternary;
        }
        actions = {
            set_flow_id;
            @defaultonly NoAction;
        }
        const default_action = NoAction();
        size = 512;
    }

    @pragma stage 0
    table tb_flow_filter3 {
        key = {
            hdr.tunnel.dst_id : ternary;
            ig_intr_md.ingress_port : ternary;
        }
        actions = {
            set_flow_id;
            @defaultonly NoAction;
        }
        const default_action = NoAction();
        size = 512;
    }

    @pragma stage 0
    table tb_flow_filter1 {
        key = {
            hdr.ethernet.dst : ternary;
            hdr.ethernet.src : ternary;
            hdr.ethernet.ether_type : ternary;
            ig_intr_md.ingress_port : ternary;
        }
        actions = {
            set_flow_id;
            @defaultonly NoAction;
        }
        const default_action = NoAction();
        size = 512;
    }

    apply {
        if (ig_intr_md.ingress_port != RECIRCULATION_PORT) {
            tb_forward.apply();
            // The first matching table, of those whose header the packet has.
            if (hdr.l4_port.isValid()) {
                if (tb_flow_filter2.apply().miss) {
                    if (tb_flow_filter4.apply().miss) {
                        tb_flow_filter1.apply();
                    }
                }
            } else if (hdr.ipv4.isValid()) {
                if (tb_flow_filter4.apply().miss) {
                    tb_flow_filter1.apply();
                }
            } else if (hdr.tunnel.isValid()) {
                if (tb_flow_filter3.apply().miss) {
                    tb_flow_filter1.apply();
                }
            } else {
                tb_flow_filter1.apply();
            }
        }
    }
}
