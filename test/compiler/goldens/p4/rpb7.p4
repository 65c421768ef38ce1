// RPB 7: ingress, stage 7. One action for each packet, selected by an entry of its program.
control Rpb7(
    inout header_t hdr,
    inout ingress_metadata_t ig_md,
    inout ingress_intrinsic_metadata_for_deparser_t ig_dprsr_md) {
    // The memory of all programs; the address translation adds the base of a block.
    Register<bit<32>, bit<16>>(65536) rpb7_register;

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb7_register) add_sub_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.param.salu_flag == 0) {
                word = word + hdr.meta.reg.sar;
            } else {
                word = word - hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb7_register) and_or_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.param.salu_flag == 0) {
                word = word & hdr.meta.reg.sar;
                result = word;
            } else {
                result = word;
                word = word | hdr.meta.reg.sar;
            }
        }
    };

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb7_register) read_write_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.param.salu_flag == 1) {
                word = hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb7_register) max_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.reg.sar > word) {
                word = hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    // The hash function of this RPB: CRC-16 0x3d43.
    CRCPolynomial<bit<16>>(
        coeff    = 16w0x3d43,
        reversed = false,
        msb      = false,
        extended = false,
        init     = 16w0x0,
        xor      = 16w0x0
    ) rpb7_polynomial;
    Hash<bit<16>>(HashAlgorithm_t.CUSTOM, rpb7_polynomial) tuple_hash;
    Hash<bit<16>>(HashAlgorithm_t.CUSTOM, rpb7_polynomial) register_hash;

    // Branches: the entries that follow match this id.
    action set_branch_id(bit<8> branch_id) {
        hdr.meta.id.branch_id = branch_id;
    }

    // Hashes, of addresses, ports and protocol or of har, into the low half of har or mar.
    action hash_5_tuple() {
        hdr.meta.reg.har[15:0] = tuple_hash.get({
            hdr.ipv4.src,
            hdr.ipv4.dst,
            hdr.l4_port.src_port_dst_port,
            hdr.ipv4.protocol
        });
    }

    action hash_customization() {
        hdr.meta.reg.har[15:0] = register_hash.get({hdr.meta.reg.har});
    }

    action hash_5_tuple_mem() {
        hdr.meta.reg.mar[15:0] = tuple_hash.get({
            hdr.ipv4.src,
            hdr.ipv4.dst,
            hdr.l4_port.src_port_dst_port,
            hdr.ipv4.protocol
        });
    }

    action hash_customization_mem() {
        hdr.meta.reg.mar[15:0] = register_hash.get({hdr.meta.reg.har});
    }

    // Addresses in memory: mar is cut to the size of a block,
    action address_translation_mask(bit<32> mask) {
        hdr.meta.reg.mar = hdr.meta.reg.mar & mask;
    }

    // and the base of the block is added; the flag selects the operation of the access that follows.
    action address_translation_offset(bit<32> offset, bit<8> flag) {
        hdr.meta.param.physical_address = hdr.meta.reg.mar + offset;
        hdr.meta.param.salu_flag = flag;
    }

    // Memory: the word at the address, by one of the pairs above.
    action salu_add_sub() {
        hdr.meta.reg.sar = add_sub_alu.execute((bit<16>)hdr.meta.param.physical_address);
    }

    action salu_and_or() {
        hdr.meta.reg.sar = and_or_alu.execute((bit<16>)hdr.meta.param.physical_address);
    }

    action salu_read_write() {
        hdr.meta.reg.sar = read_write_alu.execute((bit<16>)hdr.meta.param.physical_address);
    }

    action salu_max() {
        hdr.meta.reg.sar = max_alu.execute((bit<16>)hdr.meta.param.physical_address);
    }

    // Constants.
    action loadi_mar(bit<32> i) {
        hdr.meta.reg.mar = i;
    }

    action loadi_sar(bit<32> i) {
        hdr.meta.reg.sar = i;
    }

    action loadi_har(bit<32> i) {
        hdr.meta.reg.har = i;
    }

    // Arithmetic; the first register is the destination.
    action add_mar_sar() {
        hdr.meta.reg.mar = hdr.meta.reg.mar + hdr.meta.reg.sar;
    }

    action add_mar_har() {
        hdr.meta.reg.mar = hdr.meta.reg.mar + hdr.meta.reg.har;
    }

    action add_sar_mar() {
        hdr.meta.reg.sar = hdr.meta.reg.sar + hdr.meta.reg.mar;
    }

    action add_sar_har() {
        hdr.meta.reg.sar = hdr.meta.reg.sar + hdr.meta.reg.har;
    }

    action add_har_mar() {
        hdr.meta.reg.har = hdr.meta.reg.har + hdr.meta.reg.mar;
    }

    action add_har_sar() {
        hdr.meta.reg.har = hdr.meta.reg.har + hdr.meta.reg.sar;
    }

    action and_mar_sar() {
        hdr.meta.reg.mar = hdr.meta.reg.mar & hdr.meta.reg.sar;
    }

    action and_mar_har() {
        hdr.meta.reg.mar = hdr.meta.reg.mar & hdr.meta.reg.har;
    }

    action and_sar_mar() {
        hdr.meta.reg.sar = hdr.meta.reg.sar & hdr.meta.reg.mar;
    }

    action and_sar_har() {
        hdr.meta.reg.sar = hdr.meta.reg.sar & hdr.meta.reg.har;
    }

    action and_har_mar() {
        hdr.meta.reg.har = hdr.meta.reg.har & hdr.meta.reg.mar;
    }

    action and_har_sar() {
        hdr.meta.reg.har = hdr.meta.reg.har & hdr.meta.reg.sar;
    }

    action or_mar_sar() {
        hdr.meta.reg.mar = hdr.meta.reg.mar | hdr.meta.reg.sar;
    }

    action or_mar_har() {
        hdr.meta.reg.mar = hdr.meta.reg.mar | hdr.meta.reg.har;
    }

    action or_sar_mar() {
        hdr.meta.reg.sar = hdr.meta.reg.sar | hdr.meta.reg.mar;
    }

    action or_sar_har() {
        hdr.meta.reg.sar = hdr.meta.reg.sar | hdr.meta.reg.har;
    }

    action or_har_mar() {
        hdr.meta.reg.har = hdr.meta.reg.har | hdr.meta.reg.mar;
    }

    action or_har_sar() {
        hdr.meta.reg.har = hdr.meta.reg.har | hdr.meta.reg.sar;
    }

    action xor_mar_sar() {
        hdr.meta.reg.mar = hdr.meta.reg.mar ^ hdr.meta.reg.sar;
    }

    action xor_mar_har() {
        hdr.meta.reg.mar = hdr.meta.reg.mar ^ hdr.meta.reg.har;
    }

    action xor_sar_mar() {
        hdr.meta.reg.sar = hdr.meta.reg.sar ^ hdr.meta.reg.mar;
    }

    action xor_sar_har() {
        hdr.meta.reg.sar = hdr.meta.reg.sar ^ hdr.meta.reg.har;
    }

    action xor_har_mar() {
        hdr.meta.reg.har = hdr.meta.reg.har ^ hdr.meta.reg.mar;
    }

    action xor_har_sar() {
        hdr.meta.reg.har = hdr.meta.reg.har ^ hdr.meta.reg.sar;
    }

    action max_mar_sar() {
        hdr.meta.reg.mar = (hdr.meta.reg.mar > hdr.meta.reg.sar ? hdr.meta.reg.mar : hdr.meta.reg.sar);
    }

    action max_mar_har() {
        hdr.meta.reg.mar = (hdr.meta.reg.mar > hdr.meta.reg.har ? hdr.meta.reg.mar : hdr.meta.reg.har);
    }

    action max_sar_mar() {
        hdr.meta.reg.sar = (hdr.meta.reg.sar > hdr.meta.reg.mar ? hdr.meta.reg.sar : hdr.meta.reg.mar);
    }

    action max_sar_har() {
        hdr.meta.reg.sar = (hdr.meta.reg.sar > hdr.meta.reg.har ? hdr.meta.reg.sar : hdr.meta.reg.har);
    }

    action max_har_mar() {
        hdr.meta.reg.har = (hdr.meta.reg.har > hdr.meta.reg.mar ? hdr.meta.reg.har : hdr.meta.reg.mar);
    }

    action max_har_sar() {
        hdr.meta.reg.har = (hdr.meta.reg.har > hdr.meta.reg.sar ? hdr.meta.reg.har : hdr.meta.reg.sar);
    }

    action min_mar_sar() {
        hdr.meta.reg.mar = (hdr.meta.reg.mar < hdr.meta.reg.sar ? hdr.meta.reg.mar : hdr.meta.reg.sar);
    }

    action min_mar_har() {
        hdr.meta.reg.mar = (hdr.meta.reg.mar < hdr.meta.reg.har ? hdr.meta.reg.mar : hdr.meta.reg.har);
    }

    action min_sar_mar() {
        hdr.meta.reg.sar = (hdr.meta.reg.sar < hdr.meta.reg.mar ? hdr.meta.reg.sar : hdr.meta.reg.mar);
    }

    action min_sar_har() {
        hdr.meta.reg.sar = (hdr.meta.reg.sar < hdr.meta.reg.har ? hdr.meta.reg.sar : hdr.meta.reg.har);
    }

    action min_har_mar() {
        hdr.meta.reg.har = (hdr.meta.reg.har < hdr.meta.reg.mar ? hdr.meta.reg.har : hdr.meta.reg.mar);
    }

    action min_har_sar() {
        hdr.meta.reg.har = (hdr.meta.reg.har < hdr.meta.reg.sar ? hdr.meta.reg.har : hdr.meta.reg.sar);
    }

    // Back to the sender.
    action rt() {
        bit<48> mac = hdr.ethernet.dst;
        hdr.ethernet.dst = hdr.ethernet.src;
        hdr.ethernet.src = mac;
        bit<32> address = hdr.ipv4.dst;
        hdr.ipv4.dst = hdr.ipv4.src;
        hdr.ipv4.src = address;
        hdr.meta.rec.egress_port = hdr.meta.rec.ingress_port;
    }

    // To a port.
    action forward(bit<9> port) {
        hdr.meta.rec.egress_port = port;
    }

    // Dropped, regardless of other forwarding decisions.
    action drop() {
        ig_dprsr_md.drop_ctl = 1;
    }

    // To the CPU.
    action report() {
        hdr.meta.rec.egress_port = CPU_PORT;
    }

    // Header fields and intrinsic ones into registers.
    action extract_hdrl5key1_sar() {
        hdr.meta.reg.sar = hdr.l5.key1;
    }

    action extract_hdrl5key2_mar() {
        hdr.meta.reg.mar = hdr.l5.key2;
    }

    action extract_hdrl5key3_sar() {
        hdr.meta.reg.sar = hdr.l5.key3;
    }

    action extract_hdrtcptcp4thword_sar() {
        hdr.meta.reg.sar = hdr.tcp.tcp4thword;
    }

    action extract_hdripv4totallen_sar() {
        hdr.meta.reg.sar = (bit<32>)hdr.ipv4.total_len;
    }

    // Registers into header fields.
    action modify_hdrl5key3_sar() {
        hdr.l5.key3 = hdr.meta.reg.sar;
    }

    action modify_hdripv4dst_sar() {
        hdr.ipv4.dst = hdr.meta.reg.sar;
    }

    action modify_hdripv4ecn_sar() {
        hdr.ipv4.ecn = (bit<2>)hdr.meta.reg.sar;
        ig_md.ipv4_ecn = hdr.meta.reg.sar & 3;
    }

    @pragma stage 7
    table tb_operation {
        key = {
            hdr.meta.id.flow_id : exact;
            hdr.meta.id.branch_id : ternary;
            hdr.meta.rec.iterations : exact;
            hdr.meta.reg.mar : ternary;
            hdr.meta.reg.sar : ternary;
            hdr.meta.reg.har : ternary;
        }
        actions = {
            NoAction;
            set_branch_id;
            hash_5_tuple;
            hash_customization;
            hash_5_tuple_mem;
            hash_customization_mem;
            address_translation_mask;
            address_translation_offset;
            salu_add_sub;
            salu_and_or;
            salu_read_write;
            salu_max;
            loadi_mar;
            loadi_sar;
            loadi_har;
            add_mar_sar;
            add_mar_har;
            add_sar_mar;
            add_sar_har;
            add_har_mar;
            add_har_sar;
            and_mar_sar;
            and_mar_har;
            and_sar_mar;
            and_sar_har;
            and_har_mar;
            and_har_sar;
            or_mar_sar;
            or_mar_har;
            or_sar_mar;
            or_sar_har;
            or_har_mar;
            or_har_sar;
            xor_mar_sar;
            xor_mar_har;
            xor_sar_mar;
            xor_sar_har;
            xor_har_mar;
            xor_har_sar;
            max_mar_sar;
            max_mar_har;
            max_sar_mar;
            max_sar_har;
            max_har_mar;
            max_har_sar;
            min_mar_sar;
            min_mar_har;
            min_sar_mar;
            min_sar_har;
            min_har_mar;
            min_har_sar;
            rt;
            forward;
            drop;
            report;
            extract_hdrl5key1_sar;
            extract_hdrl5key2_mar;
            extract_hdrl5key3_sar;
            extract_hdrtcptcp4thword_sar;
            extract_hdripv4totallen_sar;
            modify_hdrl5key3_sar;
            modify_hdripv4dst_sar;
            modify_hdripv4ecn_sar;
        }
        default_action = NoAction();
        size = 2048;
    }

    apply {
        tb_operation.apply();
    }
}
