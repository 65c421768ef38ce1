// The recirculation block. A program of p passes has p entries: first, middle ones, last; one of a single pass has
// none. A dropped packet ends here, on any port.
control RecirculationBlock(
    inout header_t hdr,
    inout ingress_intrinsic_metadata_for_tm_t ig_tm_md) {
    action first_recirculate() {
        hdr.meta.rec.recirculation_flag = 1;
        ig_tm_md.ucast_egress_port = RECIRCULATION_PORT;
    }

    action middle_recirculate() {
        ig_tm_md.ucast_egress_port = RECIRCULATION_PORT;
    }

    action last_recirculate() {
        hdr.meta.rec.recirculation_flag = 0;
        ig_tm_md.ucast_egress_port = hdr.meta.rec.egress_port;
    }

    action set_egress_port() {
        ig_tm_md.ucast_egress_port = hdr.meta.rec.egress_port;
    }

    @pragma stage 11
    table tb_recirculation {
        key = {
            hdr.meta.id.flow_id : exact;
            hdr.meta.rec.iterations : exact;
        }
        actions = {
            first_recirculate;
            middle_recirculate;
            last_recirculate;
            set_egress_port;
        }
        default_action = set_egress_port();
        size = 16384;
    }

    apply {
        tb_recirculation.apply();
    }
}
