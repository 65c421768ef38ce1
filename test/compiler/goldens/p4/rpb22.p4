// RPB 22: egress, stage 11. One action for each packet, selected by an entry of its program.
control Rpb22(
    inout header_t hdr,
    in egress_intrinsic_metadata_t eg_intr_md,
    inout egress_intrinsic_metadata_for_deparser_t eg_dprsr_md) {
    // The memory of all programs; the address translation adds the base of a block.
    Register<bit<32>, bit<16>>(65536) rpb22_register;

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb22_register) add_sub_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.param.salu_flag == 0) {
                word = word + hdr.meta.reg.sar;
            } else {
                word = word - hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb22_register) and_or_alu = {
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

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb22_register) read_write_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.param.salu_flag == 1) {
                word = hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    RegisterAction<bit<32>, bit<16>, bit<32>>(rpb22_register) max_alu = {
        void apply(inout bit<32> word, out bit<32> result) {
            if (hdr.meta.reg.sar > word) {
                word = hdr.meta.reg.sar;
            }
            result = word;
        }
    };

    // The hash function of this RPB: CRC-16 0xe833.
    CRCPolynomial<bit<16>>(
        coeff    = 16w0xe833,
        reversed = false,
        msb      = false,
        extended = false,
        init     = 16w0x0,
        xor      = 16w0x0
    ) rpb22_polynomial;
    Hash<bit<16>>(HashAlgorithm_t.CUSTOM, rpb22_polynomial) tuple_hash;
    Hash<bit<16>>(HashAlgorithm_t.CUSTOM, rpb22_polynomial) register_hash;

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

    // Dropped, regardless of other forwarding decisions.
    action drop() {
        eg_dprsr_md.drop_ctl = 1;
    }

    // Registers are saved
    action backup() {
        hdr.meta.param.backup1 = hdr.meta.reg.mar;
        hdr.meta.param.backup2 = hdr.meta.reg.sar;
        hdr.meta.param.backup3 = hdr.meta.reg.har;
    }

    // and restored, around steps that need a register.
    action recover1() {
        hdr.meta.reg.mar = hdr.meta.param.backup1;
    }

    action recover2() {
        hdr.meta.reg.sar = hdr.meta.param.backup2;
    }

    action recover3() {
        hdr.meta.reg.har = hdr.meta.param.backup3;
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
    }

    // Arithmetic; the first register is the destination.
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

    // Header fields and intrinsic ones into registers.
    action extract_egintrmddeqtimedelta_har() {
        hdr.meta.reg.har = (bit<32>)eg_intr_md.deq_timedelta;
    }

    action extract_hdrl5key3_sar() {
        hdr.meta.reg.sar = hdr.l5.key3;
    }

    @pragma stage 11
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
            drop;
            backup;
            recover1;
            recover2;
            recover3;
            modify_hdrl5key3_sar;
            modify_hdripv4dst_sar;
            modify_hdripv4ecn_sar;
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
            extract_egintrmddeqtimedelta_har;
            extract_hdrl5key3_sar;
        }
        default_action = NoAction();
        size = 2048;
    }

    apply {
        tb_operation.apply();
    }
}
