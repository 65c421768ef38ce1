/** The tables of ports: settings, counters, and positions on the front panel. */
import type { FieldType, FixedField, FixedTable } from './fixed-schema.js';

/** A field without its id, which in these tables is its position, from 1. */
type Field = Omit<FixedField, 'id'>;
const numbered = (fields: readonly Field[]): FixedField[] => fields.map((field, i) => ({ id: i + 1, ...field }));

const number = (name: string, type: FieldType, fallback = 0): Field => ({ name, type, fallback });
const flag = (name: string): Field => ({ name, type: 'bool', fallback: false });
const choice = (name: string, ...choices: readonly string[]): Field => ({ name, type: 'string', choices });
const shown = (name: string, type: FieldType): Field => ({ name, type, readOnly: true });

const speeds = ['NONE', '1G', '10G', '25G', '40G', '40G_NB', '40G_NON_BREAKABLE', '50G', '100G', '200G', '400G'];
const errorCorrections = ['NONE', 'FIRECODE', 'REED_SOLOMON', 'FC', 'RS'];
const loopbacks = ['NONE', 'MAC_NEAR', 'MAC_FAR', 'PCS_NEAR', 'SERDES_NEAR', 'SERDES_FAR'];
const directions = ['DEFAULT', 'TX_ONLY', 'RX_ONLY'];
const MTU = 10_240;

const DEV_PORT: FixedField = { id: 1, name: '$DEV_PORT', type: 'uint32' };
const SIZE = 256;

export const PORT: FixedTable = {
  id: 0xff010001,
  name: '$PORT',
  type: 'PortConfigure',
  size: SIZE,
  keys: [DEV_PORT],
  data: numbered([
    choice('$SPEED', ...speeds.map((speed) => `BF_SPEED_${speed}`)),
    choice('$FEC', ...errorCorrections.map((type) => `BF_FEC_TYP_${type}`)),
    number('$N_LANES', 'uint32', 1),
    flag('$PORT_ENABLE'),
    choice('$AUTO_NEGOTIATION', 'PM_AN_DEFAULT', 'PM_AN_FORCE_ENABLE', 'PM_AN_FORCE_DISABLE'),
    choice('$LOOPBACK_MODE', ...loopbacks.map((mode) => `BF_LPBK_${mode}`)),
    number('$TX_MTU', 'uint32', MTU),
    number('$RX_MTU', 'uint32', MTU),
    number('$TX_PFC_EN_MAP', 'uint32'),
    number('$RX_PFC_EN_MAP', 'uint32'),
    flag('$TX_PAUSE_FRAME_EN'),
    flag('$RX_PAUSE_FRAME_EN'),
    flag('$CUT_THROUGH_EN'),
    choice('$PORT_DIR', ...directions.map((direction) => `PM_PORT_DIR_${direction}`)),
    {
      ...choice('$MEDIA_TYPE', ...['COPPER', 'OPTICAL', 'UNKNOWN'].map((type) => `BF_MEDIA_TYPE_${type}`)),
      readOnly: true,
    },
    number('$SDS_TX_ATTN', 'uint32'),
    number('$SDS_TX_PRE', 'int32'),
    number('$SDS_TX_PRE2', 'int32'),
    number('$SDS_TX_POST', 'int32'),
    number('$SDS_TX_POST2', 'int32'),
    shown('$IS_VALID', 'bool'),
    shown('$IS_INTERNAL', 'bool'),
    shown('$CONN_ID', 'uint32'),
    shown('$CHNL_ID', 'uint32'),
    shown('$PORT_UP', 'bool'),
    shown('$PORT_NAME', 'string'),
    number('$RX_PRSR_PRI_THRESH', 'uint32'),
    number('$TIMESTAMP_1588_DELTA_TX', 'uint16'),
    number('$TIMESTAMP_1588_DELTA_RX', 'uint16'),
    shown('$TIMESTAMP_1588_VALID', 'bool'),
    shown('$TIMESTAMP_1588_VALUE', 'uint64'),
    shown('$TIMESTAMP_1588_ID', 'uint32'),
    number('$PLL_OVRCLK', 'float'),
  ]),
};

/** Default number of lanes of a port, by speed. */
export const LANES_OF_SPEED: ReadonlyMap<string, number> = new Map([
  ['BF_SPEED_40G', 4],
  ['BF_SPEED_40G_NB', 4],
  ['BF_SPEED_40G_NON_BREAKABLE', 4],
  ['BF_SPEED_50G', 2],
  ['BF_SPEED_100G', 4],
  ['BF_SPEED_200G', 4],
  ['BF_SPEED_400G', 8],
]);

const lengths = [
  ...['lt_64', 'eq_64', '65_127', '128_255', '256_511', '512_1023', '1024_1518'],
  ...['1519_2047', '2048_4095', '4096_8191', '8192_9215', '9216'],
];
const priorities = [0, 1, 2, 3, 4, 5, 6, 7];

/** In the order of their ids, from 1. */
const COUNTERS: readonly string[] = [
  ...['FramesReceivedOK', 'FramesReceivedAll', 'FramesReceivedwithFCSError', 'FrameswithanyError'],
  ...['OctetsReceivedinGoodFrames', 'OctetsReceived'],
  ...['Unicast', 'Multicast', 'Broadcast'].map((cast) => `FramesReceivedwith${cast}Addresses`),
  ...['FramesReceivedoftypePAUSE', 'FramesReceivedwithLengthError', 'FramesReceivedUndersized'],
  ...['FramesReceivedOversized', 'FragmentsReceived', 'JabberReceived', 'PriorityPauseFrames', 'CRCErrorStomped'],
  ...['FrameTooLong', 'RxVLANFramesGood', 'FramesDroppedBufferFull'],
  ...lengths.map((length) => `FramesReceivedLength_${length}`),
  ...['FramesTransmittedOK', 'FramesTransmittedAll', 'FramesTransmittedwithError'],
  ...['OctetsTransmittedwithouterror', 'OctetsTransmittedTotal'],
  ...['Unicast', 'Multicast', 'Broadcast', 'Pause', 'PriPause', 'VLAN'].map((kind) => `FramesTransmitted${kind}`),
  ...lengths.map((length) => `FramesTransmittedLength_${length}`),
  ...priorities.map((priority) => `Pri${priority}FramesTransmitted`),
  ...priorities.map((priority) => `Pri${priority}FramesReceived`),
  ...priorities.map((priority) => `TransmitPri${priority}Pause1USCount`),
  ...priorities.map((priority) => `ReceivePri${priority}Pause1USCount`),
  ...['ReceiveStandardPause1USCount', 'FramesTruncated', 'TimeInSec', 'TimeinNSec'],
  ...['TX_PPS', 'RX_PPS', 'TX_RATE', 'RX_RATE'],
];

export const PORT_STAT: FixedTable = {
  id: 0xff010002,
  name: '$PORT_STAT',
  type: 'PortStat',
  size: SIZE,
  keys: [DEV_PORT],
  data: numbered(COUNTERS.map((name) => number(`$${name}`, 'uint64'))),
};

const place = (id: number, name: string, type: string, keys: readonly FixedField[]): FixedTable => {
  return { id, name, type, size: SIZE, keys, data: numbered([shown('$DEV_PORT', 'uint32')]) };
};

export const PORT_HDL_INFO = place(0xff010003, '$PORT_HDL_INFO', 'PortHdlInfo', [
  { id: 1, name: '$CONN_ID', type: 'uint32' },
  { id: 2, name: '$CHNL_ID', type: 'uint32' },
]);
export const PORT_FP_IDX_INFO = place(0xff010004, '$PORT_FP_IDX_INFO', 'PortFpIdxInfo', [
  { id: 1, name: '$FP_IDX', type: 'uint32' },
]);
export const PORT_STR_INFO = place(0xff010005, '$PORT_STR_INFO', 'PortStrInfo', [
  { id: 1, name: '$PORT_NAME', type: 'string' },
]);
