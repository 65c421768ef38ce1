#!/bin/sh
# A regression test for a program of one's own, with the commands alone: traffic, a golden of what the program makes of
# it now, and the comparison, which fails after a change that alters a packet.
#
# After `npm ci`: sh docs/examples/replay-with-golden.sh
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

program=bench/programs/calc.p4runpro
npx bench trace generate "$folder/in.pcap" --workload "$program" --packets 200 > "$folder/log"
npx bench replay "$program" --trace "$folder/in.pcap" --expect "$folder/golden.pcapng" --update > "$folder/log"
npx bench replay "$program" --trace "$folder/in.pcap" --expect "$folder/golden.pcapng" --coverage

# A changed program: answers leave by another port. `bench replay` shows the first packet that differs, and ends with
# status 1.
sed 's/RETURN/FORWARD(9)/' "$program" > "$folder/changed.p4runpro"
if npx bench replay "$folder/changed.p4runpro" --trace "$folder/in.pcap" --expect "$folder/golden.pcapng" \
  > "$folder/difference"; then
  echo 'the change was not noticed'
  exit 1
fi
grep '^>>  port' "$folder/difference"
