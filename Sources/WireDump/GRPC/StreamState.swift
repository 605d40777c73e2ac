import ProtobufSchema
import WireCaptureModel

/// What is known of a stream: one call. It is one connection's own, and changed in place.
final class StreamState {
  /// What one direction has sent.
  final class Side {
    var assembler = MessageAssembler()
    var hasHeaders = false
    var hasFinalHeaders = false
    var hasEnded = false
    /// Whether the content-type is gRPC's; nil if no headers were seen.
    var isGRPC: Bool?
    var hasStatus = false
    var firstTime: UInt64?
    var firstDataTime: UInt64?
    var lastTime: UInt64?
    var dataCount = 0
  }

  var path: String?
  let client = Side()
  let server = Side()
  var status: String?
  var isReset = false
  var headersTime: UInt64?
  /// The types of the method's messages, if the schema has it.
  var request: MessageDescriptor?
  var response: MessageDescriptor?

  subscript(direction: CaptureDirection) -> Side { direction == .clientToServer ? client : server }

  func type(_ direction: CaptureDirection) -> MessageDescriptor? {
    direction == .clientToServer ? request : response
  }

  var isClosed: Bool { isReset || (client.hasEnded && server.hasEnded) }

  func touch(_ direction: CaptureDirection, _ time: UInt64?) {
    guard let time else { return }
    if self[direction].firstTime == nil { self[direction].firstTime = time }
    self[direction].lastTime = time
  }

  func countData(_ direction: CaptureDirection, _ count: Int, _ time: UInt64?) {
    self[direction].dataCount += count
    if self[direction].firstDataTime == nil { self[direction].firstDataTime = time }
  }

  func record(connection: Int, stream: UInt32) -> CallRecord {
    var record = CallRecord(connection: connection, stream: stream, path: path, status: status)
    record.isReset = isReset
    record.requestMessages = client.assembler.count
    record.responseMessages = server.assembler.count
    record.requestBytes = client.dataCount
    record.responseBytes = server.dataCount
    record.start = client.firstTime ?? server.firstTime
    record.headers = headersTime
    record.data = server.firstDataTime
    record.end = [client.lastTime, server.lastTime].compactMap(\.self).max()
    return record
  }
}
