/**
 * Structures of `d3dkmthk.h` and `d3dkmdt.h` (Windows SDK): sizes in bytes and the offsets of the fields that are used, for
 * 64-bit Windows. x64 and arm64 lay them out alike. All numbers are stored low byte first.
 */

/** `D3DKMT_ENUMADAPTERS2`: `ULONG NumAdapters`, `D3DKMT_ADAPTERINFO *pAdapters`. */
export const ENUM_ADAPTERS = {
  size: 16,
  count: 0,
  adapters: 8,
  /** `D3DKMT_ENUMADAPTERS` of Windows 8 has the table itself after the number. */
  oldHeader: 4,
} as const;

/** `D3DKMT_ADAPTERINFO`: `UINT hAdapter`, `LUID AdapterLuid` (its low part first), two more words. */
export const ADAPTER_INFO = { size: 20, handle: 0, luid: 4 } as const;

/** `D3DKMT_CLOSEADAPTER`: `UINT hAdapter`. */
export const CLOSE_ADAPTER = { size: 4 } as const;

/** `D3DKMT_QUERYADAPTERINFO`: `UINT hAdapter`, `Type`, `VOID *pPrivateDriverData`, `UINT PrivateDriverDataSize`. */
export const QUERY_INFO = { size: 24, adapter: 0, type: 4, data: 8, dataSize: 16 } as const;

/** `KMTQUERYADAPTERINFOTYPE` */
export const QueryType = {
  segmentSizes: 3,
  adapterAddress: 6,
  registryInfo: 8,
  adapterType: 15,
  nodeMetadata: 25,
  deviceIds: 31,
  nodePerformance: 61,
  adapterPerformance: 62,
  adapterPerformanceCaps: 63,
} as const;

/** `D3DKMT_SEGMENTSIZEINFO`: bytes in 64 bits. */
export const SEGMENT_SIZES = { size: 24, dedicatedVideo: 0, sharedSystem: 16 } as const;

/** `D3DKMT_ADAPTERADDRESS`: `UINT BusNumber`, `DeviceNumber`, `FunctionNumber` on the PCI bus. */
export const ADAPTER_ADDRESS = { size: 12, bus: 0, device: 4 } as const;

/** `D3DKMT_ADAPTERREGISTRYINFO`: four texts of `MAX_PATH` (260) UTF-16 units, the adapter’s name first. */
export const REGISTRY_INFO = { size: 4 * 520, name: 0, nameSize: 520 } as const;

/** `D3DKMT_ADAPTERTYPE`: bits of one word. */
export const ADAPTER_TYPE = {
  size: 4,
  render: 1 << 0,
  software: 1 << 2,
  hybridDiscrete: 1 << 4,
  indirectDisplay: 1 << 6,
  /** Windows 10 2004 and newer; reserved before. */
  computeOnly: 1 << 11,
} as const;

/** `D3DKMT_QUERY_DEVICE_IDS`: `UINT PhysicalAdapterIndex` (input), then `VendorID` and five more words. */
export const DEVICE_IDS = { size: 28, vendor: 4 } as const;

/**
 * `D3DKMT_NODEMETADATA`, packed: `UINT NodeOrdinalAndAdapterIndex` (input), `DXGK_ENGINE_TYPE EngineType`, a name of 32
 * UTF-16 units, flags (4), two bytes.
 */
export const NODE_METADATA = { size: 78, node: 0, engineType: 4 } as const;

/** `DXGK_ENGINE_TYPE`; those that are told apart. */
export const EngineType = { other: 0, threeD: 1, videoDecode: 2, videoEncode: 3, videoCodec: 9 } as const;

/** `D3DKMT_NODE_PERFDATA`: `UINT32 NodeOrdinal` and `PhysicalAdapterIndex` (inputs); frequencies in hertz, 64 bits. */
export const NODE_PERFORMANCE = { size: 56, node: 0, adapter: 4, frequency: 8 } as const;

/**
 * `D3DKMT_ADAPTER_PERFDATA`: `UINT32 PhysicalAdapterIndex` (input); memory frequency in hertz, 64 bits; then 32 bits each: fan
 * in revolutions a minute, power in tenths of a percent of what the GPU may take, temperature in tenths of a degree Celsius.
 */
export const ADAPTER_PERFORMANCE = {
  size: 64,
  adapter: 0,
  memoryFrequency: 8,
  fan: 48,
  temperature: 56,
} as const;

/** `D3DKMT_ADAPTER_PERFDATACAPS`: `UINT32 PhysicalAdapterIndex` (input); the fan’s highest speed, 32 bits. */
export const ADAPTER_PERFORMANCE_CAPS = { size: 40, adapter: 0, maxFan: 24 } as const;

/**
 * `D3DKMT_QUERYSTATISTICS`: `Type`, `LUID AdapterLuid`, `HANDLE hProcess` (0: of the whole machine), a union of results, and
 * the number of the node or segment that is asked for.
 */
export const STATISTICS = { size: 808, type: 0, luid: 4, result: 24, id: 800 } as const;

/** `D3DKMT_QUERYSTATISTICS_TYPE`; the types between are about processes, and are not asked for. */
export const StatisticsType = { adapter: 0, segment: 3, node: 5 } as const;

/** Result `D3DKMT_QUERYSTATISTICS_ADAPTER_INFORMATION`: numbers of segments and nodes, 32 bits each. */
export const ADAPTER_STATISTICS = { segments: 0, nodes: 4 } as const;

/** Result `D3DKMT_QUERYSTATISTICS_SEGMENT_INFORMATION` of Windows 8 and newer: bytes in 64 bits; `ULONG Aperture`. */
export const SEGMENT_STATISTICS = { commitLimit: 0, resident: 16, aperture: 40 } as const;

/** Result `D3DKMT_QUERYSTATISTICS_NODE_INFORMATION`: `GlobalInformation.RunningTime`, 100 ns, 64 bits. */
export const NODE_STATISTICS = { runningTime: 0 } as const;
