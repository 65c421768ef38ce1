/*
 * What a switch does that holds load balancers only, as a plain loop: parse Ethernet, IPv4 and TCP or UDP, find the
 * program by destination network, hash the 5-tuple, read two memory words, rewrite the destination and the
 * checksums, write the verdict. `bench micro --against-c` compiles it, gives it the packets and constants of a switch,
 * and compares outputs and time with those of the switch.
 *
 *     load-balancers INPUT OUTPUT MILLISECONDS
 *
 * INPUT is 32-bit words in the byte order of the machine, followed by bytes; c-baseline.ts writes it. OUTPUT is, for
 * each batch, the packets as they left, then the egress port of each packet (-1: dropped), then the program of each.
 * Prints the median of the nanoseconds per packet of as many passes over all batches as fit into the time.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  ETHERNET_BYTES = 14,
  IPV4_BYTES = 20,
  UDP_BYTES = 8,
  TCP_BYTES = 20,
  TCP = 6,
  UDP = 17,
  FORWARD_PORTS = 512,
};

/* Row b: what byte b does to a CRC of 0. */
typedef uint16_t crc_table[256];

struct load_balancer {
  uint32_t network;
  uint32_t id; /* 0 marks an empty slot */
  const crc_table *crc;
  const uint32_t *port_numbers;
  const uint32_t *addresses;
  uint32_t mask;
  /* The port for this word of memory, and for all others. */
  uint32_t case_word;
  int32_t case_port;
  int32_t other_port;
};

struct table {
  struct load_balancer *slots;
  uint32_t last; /* number of slots, a power of two, less 1 */
  uint32_t network_mask;
};

struct batch {
  uint32_t count;
  uint32_t used_bytes;
  uint8_t *bytes;
  uint32_t *offset;
  uint32_t *length;
  uint16_t *ingress;
  int32_t *egress;
  uint16_t *program;
  uint8_t *recirculations;
};

static int32_t forward[FORWARD_PORTS];
static struct {
  uint64_t in, out, dropped, unmatched;
} counters;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void *allocate(size_t bytes) {
  void *memory = calloc(1, bytes + 8);
  if (memory == NULL) fail("out of memory");
  return memory;
}

static inline uint32_t read16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static inline uint32_t read32(const uint8_t *at) { return read16(at) << 16 | read16(at + 2); }
static inline void write16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}
static inline void write32(uint8_t *at, uint32_t value) {
  write16(at, value >> 16);
  write16(at + 2, value);
}

static inline uint32_t crc_of(const crc_table *table, uint32_t crc, const uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) crc = ((crc << 8) & 0xffff) ^ (*table)[(crc >> 8) ^ bytes[i]];
  return crc;
}

static inline uint32_t slot_of(uint32_t network) { return (network * 0x9e3779b1u) >> 8; }

static inline const struct load_balancer *look_up(const struct table *table, uint32_t address) {
  const uint32_t network = address & table->network_mask;
  for (uint32_t slot = slot_of(network);; slot++) {
    const struct load_balancer *found = &table->slots[slot & table->last];
    if (found->id == 0) return NULL;
    if (found->network == network) return found;
  }
}

static inline uint32_t folded(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/* Computed anew, as the data plane does it, so that a wrong one is right afterwards. */
static inline void write_ipv4_checksum(uint8_t *ipv4, uint32_t bytes) {
  write16(ipv4 + 10, 0);
  uint32_t sum = 0;
  for (uint32_t at = 0; at < bytes; at += 2) sum += read16(ipv4 + at);
  write16(ipv4 + 10, ~folded(sum));
}

/* A checksum of data whose 16-bit words changed from those of `before` to those of `after` (RFC 1624). */
static inline uint32_t adjusted(uint32_t checksum, uint32_t before, uint32_t after) {
  const uint32_t sum = (~checksum & 0xffff) + (~before >> 16) + (~before & 0xffff) + (after >> 16) + (after & 0xffff);
  return ~folded(sum) & 0xffff;
}

/* The bytes of a TCP or UDP header behind an IPv4 header, 0 if there is none of them or not the whole of it. */
static inline uint32_t transport_bytes(const uint8_t *ipv4, uint32_t room) {
  if ((read16(ipv4 + 6) & 0x1fff) != 0) return 0;
  const uint32_t bytes = ipv4[9] == TCP ? TCP_BYTES : ipv4[9] == UDP ? UDP_BYTES : 0;
  return bytes <= room ? bytes : 0;
}

static void process(const struct table *table, struct batch *batch) {
  static const uint8_t no_ports[4];
  for (uint32_t i = 0; i < batch->count; i++) {
    uint8_t *packet = batch->bytes + batch->offset[i];
    const uint32_t length = batch->length[i];
    int32_t egress = forward[batch->ingress[i]];
    const struct load_balancer *program = NULL;
    uint8_t *ipv4 = packet + ETHERNET_BYTES;
    const uint32_t header = length >= ETHERNET_BYTES + IPV4_BYTES ? (uint32_t)(ipv4[0] & 15) * 4 : 0;
    if (header >= IPV4_BYTES && ipv4[0] >> 4 == 4 && read16(packet + 12) == 0x0800 &&
        ETHERNET_BYTES + header <= length) {
      const uint32_t destination = read32(ipv4 + 16);
      program = look_up(table, destination);
      if (program != NULL) {
        uint8_t *transport = ipv4 + header;
        const uint32_t bytes = transport_bytes(ipv4, length - ETHERNET_BYTES - header);
        uint32_t crc = crc_of(program->crc, 0, ipv4 + 12, 8);
        crc = crc_of(program->crc, crc, bytes != 0 ? transport : no_ports, 4);
        crc = crc_of(program->crc, crc, ipv4 + 9, 1);
        const uint32_t bucket = crc & program->mask;
        egress = program->port_numbers[bucket] == program->case_word ? program->case_port : program->other_port;
        const uint32_t address = program->addresses[bucket];
        if (address != destination) {
          write32(ipv4 + 16, address);
          write_ipv4_checksum(ipv4, header);
          if (bytes == TCP_BYTES) {
            write16(transport + 16, adjusted(read16(transport + 16), destination, address));
          } else if (bytes == UDP_BYTES && read16(transport + 6) != 0) {
            const uint32_t checksum = adjusted(read16(transport + 6), destination, address);
            write16(transport + 6, checksum == 0 ? 0xffff : checksum);
          }
        }
      }
    }
    batch->egress[i] = egress;
    batch->program[i] = program == NULL ? 0 : (uint16_t)program->id;
    batch->recirculations[i] = 0;
    counters.in++;
    if (egress < 0) counters.dropped++;
    else counters.out++;
    if (program == NULL) counters.unmatched++;
  }
}

static uint32_t *input, *input_end;

/* The next words of the input. */
static uint32_t *take(size_t words) {
  if ((size_t)(input_end - input) < words) fail("the input ends early");
  uint32_t *taken = input;
  input += words;
  return taken;
}

static void read_input(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail("cannot read the input");
  const long bytes = ftell(file);
  rewind(file);
  input = allocate((size_t)bytes);
  input_end = input + bytes / 4;
  if (fread(input, 1, (size_t)bytes, file) != (size_t)bytes) fail("cannot read the input");
  fclose(file);
}

static crc_table *read_crcs(void) {
  const uint32_t count = *take(1);
  crc_table *all = allocate(count * sizeof(crc_table));
  for (uint32_t n = 0; n < count; n++) {
    const uint32_t polynomial = *take(1);
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = byte << 8;
      for (int bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? polynomial : 0)) & 0xffff;
      all[n][byte] = (uint16_t)crc;
    }
  }
  return all;
}

static struct table read_programs(const crc_table *crcs, const uint32_t *memory) {
  const uint32_t count = *take(1);
  struct table table = {.network_mask = *take(1)};
  uint32_t slots = 16;
  while (slots < 4 * count) slots *= 2;
  table.last = slots - 1;
  table.slots = allocate(slots * sizeof(struct load_balancer));
  for (uint32_t n = 0; n < count; n++) {
    const uint32_t *words = take(9);
    const struct load_balancer program = {
        .id = words[0],
        .network = words[1],
        .crc = &crcs[words[2]],
        .mask = words[3],
        .port_numbers = memory + words[4],
        .addresses = memory + words[5],
        .case_word = words[6],
        .case_port = (int32_t)words[7],
        .other_port = (int32_t)words[8],
    };
    uint32_t slot = slot_of(program.network) & table.last;
    while (table.slots[slot].id != 0) slot = (slot + 1) & table.last;
    table.slots[slot] = program;
  }
  return table;
}

static struct batch room_for(uint32_t packets, uint32_t bytes) {
  return (struct batch){
      .bytes = allocate(bytes),
      .offset = allocate(packets * sizeof(uint32_t)),
      .length = allocate(packets * sizeof(uint32_t)),
      .ingress = allocate(packets * sizeof(uint16_t)),
      .egress = allocate(packets * sizeof(int32_t)),
      .program = allocate(packets * sizeof(uint16_t)),
      .recirculations = allocate(packets),
  };
}

static struct batch read_batch(void) {
  const uint32_t count = *take(1);
  const uint32_t used_bytes = *take(1);
  struct batch batch = {.count = count, .used_bytes = used_bytes};
  batch.offset = take(count);
  batch.length = take(count);
  batch.ingress = (uint16_t *)take((count + 1) / 2);
  batch.bytes = (uint8_t *)take((used_bytes + 3) / 4);
  return batch;
}

/* Fresh packets in the batch that is processed, as a generator leaves them there. */
static void fill(struct batch *batch, const struct batch *from) {
  batch->count = from->count;
  batch->used_bytes = from->used_bytes;
  memcpy(batch->offset, from->offset, from->count * sizeof(uint32_t));
  memcpy(batch->length, from->length, from->count * sizeof(uint32_t));
  memcpy(batch->ingress, from->ingress, from->count * sizeof(uint16_t));
  memcpy(batch->bytes, from->bytes, from->used_bytes);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

enum { MAX_PASSES = 100000 };

int main(int argc, char **argv) {
  if (argc != 4) fail("usage: load-balancers INPUT OUTPUT MILLISECONDS");
  read_input(argv[1]);
  memcpy(forward, take(FORWARD_PORTS), sizeof forward);
  const uint32_t memory_words = *take(1);
  const uint32_t *memory = take(memory_words);
  const crc_table *crcs = (const crc_table *)read_crcs();
  const struct table table = read_programs(crcs, memory);
  const uint32_t batches = *take(1);
  struct batch *packets = allocate(batches * sizeof(struct batch));
  uint32_t most_packets = 0, most_bytes = 0;
  uint64_t all_packets = 0;
  for (uint32_t b = 0; b < batches; b++) {
    packets[b] = read_batch();
    all_packets += packets[b].count;
    if (packets[b].count > most_packets) most_packets = packets[b].count;
    if (packets[b].used_bytes > most_bytes) most_bytes = packets[b].used_bytes;
  }
  struct batch work = room_for(most_packets, most_bytes);
  FILE *output = fopen(argv[2], "wb");
  if (output == NULL) fail("cannot write the output");
  for (uint32_t b = 0; b < batches; b++) {
    fill(&work, &packets[b]);
    process(&table, &work);
    fwrite(work.bytes, 1, work.used_bytes, output);
    fwrite(work.egress, sizeof(int32_t), work.count, output);
    fwrite(work.program, sizeof(uint16_t), work.count, output);
  }
  if (fclose(output) != 0) fail("cannot write the output");
  const double end = now() + atof(argv[3]) * 1e6;
  static double passes[MAX_PASSES];
  int count = 0;
  do {
    double spent = 0;
    for (uint32_t b = 0; b < batches; b++) {
      fill(&work, &packets[b]);
      const double start = now();
      process(&table, &work);
      spent += now() - start;
    }
    passes[count++] = spent / (double)all_packets;
  } while (count < MAX_PASSES && now() < end);
  qsort(passes, (size_t)count, sizeof(double), ascending);
  printf("%.3f\n", passes[count / 2]);
  return counters.in == 0;
}
