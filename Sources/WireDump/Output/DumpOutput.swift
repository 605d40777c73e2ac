package import WireCaptureModel

/// What is explained at once: a frame, or what several frames together carry.
package struct Unit: Sendable {
  package var connection: Int
  package var direction: CaptureDirection
  package var time: UInt64?
  /// The number of the frame in its direction, from 1.
  package var frame: Int
  package var stream: UInt32
  package var map: OffsetMap
  /// Whether it is put together from frames that came before.
  package var isAssembled = false
  package var item: Item

  package init(
    connection: Int, direction: CaptureDirection, time: UInt64?, frame: Int, stream: UInt32,
    map: OffsetMap, item: Item
  ) {
    self.connection = connection
    self.direction = direction
    self.time = time
    self.frame = frame
    self.stream = stream
    self.map = map
    self.item = item
  }
}

/// A form of output.
package protocol DumpOutput: Sendable {
  /// What was written and not taken yet.
  var lines: OutputLines { get set }
  /// Whether what it writes of a connection depends on nothing but that connection.
  var isSeparable: Bool { get }
  /// Whether it does anything with calls: they are not put together for one that does nothing.
  var takesCalls: Bool { get }
  /// Takes a unit, and the bytes that its item's ranges refer to.
  mutating func write(_ unit: Unit, _ bytes: Span<UInt8>)
  /// Takes a call, once it is over or nothing more is known of it.
  mutating func write(_ call: CallRecord)
  /// Takes a table of header fields.
  mutating func write(_ table: TableRecord)
  /// Takes a remark about the input.
  mutating func note(_ text: String, offset: UInt64)
  /// Nothing follows.
  mutating func finish()
}

extension DumpOutput {
  package var isSeparable: Bool { false }
  package var takesCalls: Bool { true }
  package mutating func write(_ call: CallRecord) {}
  package mutating func write(_ table: TableRecord) {}
  package mutating func finish() {}
}

/// One call, from its first byte to its last.
package struct CallRecord: Sendable {
  package var connection: Int
  package var stream: UInt32
  package var path: String?
  /// The name of the gRPC status; nil if none was seen.
  package var status: String?
  package var isReset = false
  package var requestMessages = 0
  package var requestBytes = 0
  package var responseMessages = 0
  package var responseBytes = 0
  /// When, in nanoseconds since the capture began, the first request bytes came, the first response
  /// headers, the first response data, and the last byte.
  package var start: UInt64?
  package var headers: UInt64?
  package var data: UInt64?
  package var end: UInt64?
}

/// The dynamic table of a direction behind a header block.
package struct TableRecord: Sendable {
  package var connection: Int
  package var direction: CaptureDirection
  package var size: Int
  package var capacity: Int
  /// The rows, newest first: index, name, value and size; values that are secret are tags.
  package var rows: [(index: Int, name: String, value: String, size: Int)] = []
  package var hasUnknown: Bool
}
