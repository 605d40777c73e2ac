/// One packet of a capture file.
struct Packet {
  /// Where its bytes are in the buffer that it was read from.
  var bytes: Range<Int>
  /// How many bytes it had on the wire; more than are kept if a snap length cut it.
  var originalLength: Int
  /// Nanoseconds since 1970; nil if the file has no time for it.
  var time: UInt64?
  /// What its first header is: a LINKTYPE number of the tcpdump group's list.
  var link: Int
}

/// What the next bytes of a capture file are.
enum CaptureStep {
  /// The record is not all there yet.
  case incomplete
  case packet(Packet, next: Int)
  /// TLS secrets in the NSS key log format, embedded in the file.
  case keyLog(Range<Int>, next: Int)
  /// A record that says nothing about packets.
  case skipped(next: Int)
  /// Nothing that follows can be read, and why.
  case damaged(String)
}

/// The longest record that is read: far more than any packet, so that a damaged length does not
/// make the whole rest of a file wait in memory.
let longestRecord = 1 << 24
