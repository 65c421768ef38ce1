// Headers of packets, the state that a packet carries, and metadata.

const PortId_t RECIRCULATION_PORT = 68;
const PortId_t CPU_PORT = 192;
// Unforwarded packets pass the egress of this port and end there.
const PortId_t DISCARD_PORT = 68;

header ethernet_h {
    bit<48> dst;
    bit<48> src;
    bit<16> ether_type;
}

header vlan_h {
    bit<3> pcp;
    bit<1> dei;
    bit<12> vid;
    bit<16> ether_type;
}

header tunnel_h {
    bit<16> dst_id;
}

header ipv4_h {
    bit<4> version;
    bit<4> ihl;
    bit<6> diffserv;
    bit<2> ecn;
    bit<16> total_len;
    bit<16> identification;
    bit<3> flags;
    bit<13> fragment_offset;
    bit<8> ttl;
    bit<8> protocol;
    bit<16> checksum;
    bit<32> src;
    bit<32> dst;
}

header l4_port_h {
    bit<32> src_port_dst_port;
}

header tcp_h {
    bit<32> seq_no;
    bit<32> ack_no;
    bit<32> tcp4thword;
    bit<16> checksum;
    bit<16> urgent;
}

header udp_h {
    bit<16> length;
    bit<16> checksum;
}

header l5_h {
    bit<32> op;
    bit<32> key1;
    bit<32> key2;
    bit<32> key3;
}

// One word of IPv4 options.
header option_h {
    bit<32> word;
}

struct register_t {
    bit<32> har;
    bit<32> mar;
    bit<32> sar;
}

struct id_t {
    bit<16> flow_id;
    bit<8> branch_id;
}

struct parameter_t {
    bit<32> physical_address;
    bit<32> backup1;
    bit<32> backup2;
    bit<32> backup3;
    bit<8> salu_flag;
}

struct recirculation_t {
    bit<8> iterations;
    bit<7> recirculation_flag;
    bit<9> egress_port;
    @padding bit<7> _pad0;
    bit<9> ingress_port;
}

// The state that a packet carries from ingress to egress, and through the recirculation port.
header state_h {
    register_t reg;
    id_t id;
    parameter_t param;
    recirculation_t rec;
}

// Headers that exclude one another share containers, except for these fields: fields of missing headers must read as 0,
// and writes to them must have no effect.
@pa_no_overlay("ingress", "hdr.ethernet.dst")
@pa_no_overlay("ingress", "hdr.ethernet.src")
@pa_no_overlay("ingress", "hdr.ethernet.ether_type")
@pa_no_overlay("ingress", "hdr.tunnel.dst_id")
@pa_no_overlay("ingress", "hdr.ipv4.ecn")
@pa_no_overlay("ingress", "hdr.ipv4.total_len")
@pa_no_overlay("ingress", "hdr.ipv4.protocol")
@pa_no_overlay("ingress", "hdr.ipv4.src")
@pa_no_overlay("ingress", "hdr.ipv4.dst")
@pa_no_overlay("ingress", "hdr.l4_port.src_port_dst_port")
@pa_no_overlay("ingress", "hdr.tcp.tcp4thword")
@pa_no_overlay("ingress", "hdr.l5.op")
@pa_no_overlay("ingress", "hdr.l5.key1")
@pa_no_overlay("ingress", "hdr.l5.key2")
@pa_no_overlay("ingress", "hdr.l5.key3")
@pa_no_overlay("ingress", "ig_md.ipv4_ecn")
@pa_no_overlay("ingress", "ig_md.udp_has_checksum")
@pa_no_overlay("egress", "hdr.ipv4.ecn")
@pa_no_overlay("egress", "hdr.ipv4.total_len")
@pa_no_overlay("egress", "hdr.ipv4.protocol")
@pa_no_overlay("egress", "hdr.ipv4.src")
@pa_no_overlay("egress", "hdr.ipv4.dst")
@pa_no_overlay("egress", "hdr.l4_port.src_port_dst_port")
@pa_no_overlay("egress", "hdr.tcp.tcp4thword")
@pa_no_overlay("egress", "hdr.l5.op")
@pa_no_overlay("egress", "hdr.l5.key1")
@pa_no_overlay("egress", "hdr.l5.key2")
@pa_no_overlay("egress", "hdr.l5.key3")
@pa_no_overlay("egress", "eg_md.udp_has_checksum")
struct header_t {
    state_h meta;
    ethernet_h ethernet;
    vlan_h vlan;
    tunnel_h tunnel;
    ipv4_h ipv4;
    option_h option_8;
    option_h option_7;
    option_h option_6;
    option_h option_5;
    option_h option_4;
    option_h option_3;
    option_h option_2;
    option_h option_1;
    l4_port_h l4_port;
    tcp_h tcp;
    udp_h udp;
    l5_h l5;
}

struct ingress_metadata_t {
    bit<32> ipv4_ecn;
    bit<16> ipv4_residual;
    bit<16> tcp_residual;
    bit<16> udp_residual;
    bool udp_has_checksum;
}

struct egress_metadata_t {
    bit<16> ipv4_residual;
    bit<16> tcp_residual;
    bit<16> udp_residual;
    bool udp_has_checksum;
}
