/// The two formats of capture files.
enum CaptureFormat {
  case pcap(PcapFile)
  case pcapng(PcapngFile)

  mutating func next(_ bytes: [UInt8], at place: Int) -> CaptureStep {
    switch self {
    case .pcap(let file): return file.next(bytes, at: place)
    case .pcapng(var file):
      defer { self = .pcapng(file) }
      return file.next(bytes, at: place)
    }
  }
}

/// Tells capture files from other files.
package enum CaptureFile {
  /// Whether a file that begins with these bytes, 24 or more, is a pcap or a pcapng file.
  package static func isCapture(_ bytes: [UInt8]) -> Bool {
    PcapFile(header: Array(bytes.prefix(PcapFile.headerSize))) != nil
      || ByteOrder.big.integer(bytes, at: 0, size: 4) == PcapngFile.sectionHeader
  }
}
