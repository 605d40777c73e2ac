package import ProtobufSchema
import WireCaptureModel

/// Every message of the input in the protoscope language, each behind a comment that tells what it is.
///
/// What is printed assembles to the messages one after the other; a gRPC message has its prefix of five
/// bytes as the first literal. All that is no message, such as frames and header fields, is left out.
package struct ProtoscopeOutput: DumpOutput {
  package var lines = OutputLines()
  private let schema: Schema?
  private let isVerbose: Bool
  private let reveals: Bool
  private var count = 0
  private var paths: [CallKey: String] = [:]
  /// How many calls' paths are remembered.
  private static let pathLimit = 8192

  private struct CallKey: Hashable {
    var connection: Int
    var stream: UInt32
  }

  package init(schema: Schema?, verbose: Bool = false, reveals: Bool = false) {
    self.schema = schema
    isVerbose = verbose
    self.reveals = reveals
  }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var violations = 0
    unit.item.forEach { item, _ in violations += item.violations.count }
    lines.count(violations)
    remember(unit)
    for item in [unit.item] + unit.item.children {
      switch (item.layer, item.kind) {
      case (.grpc, "message"): grpcMessage(item, unit, bytes)
      case (.protobuf, "message"):
        head(item, unit)
        body(item.children, item.range, item, unit, bytes)
      case (.grpc, "part") where !item.isDeferred:
        lines.add("# \(place(item, unit)): \(item.text), too large to be shown")
      default: continue
      }
    }
  }

  private mutating func remember(_ unit: Unit) {
    guard unit.stream > 0 else { return }
    let key = CallKey(connection: unit.connection, stream: unit.stream)
    for item in unit.item.children where item.text("name") == ":path" {
      if paths.count >= Self.pathLimit { paths = [:] }
      paths[key] = item.text("value")?.visible
    }
  }

  package mutating func write(_ call: CallRecord) {
    paths[CallKey(connection: call.connection, stream: call.stream)] = nil
  }

  private func place(_ item: Item, _ unit: Unit) -> String {
    let offset = Hex.padded(unit.map.offset(item.range.lowerBound), 6)
    let connection = unit.connection > 0 ? " #\(unit.connection)" : ""
    guard unit.stream > 0 else { return "\(offset)\(connection) \(unit.direction.verb)" }
    let path = paths[CallKey(connection: unit.connection, stream: unit.stream)].map { " " + $0 }
    return "\(offset)\(connection) \(unit.direction.verb) stream \(unit.stream)\(path ?? "")"
  }

  private mutating func head(_ item: Item, _ unit: Unit) {
    count += 1
    lines.add("# message \(count): \(place(item, unit)): \(item.text.visible)")
    for violation in item.violations {
      lines.add("# ! \(unit.sentence(violation).visible)")
    }
  }

  private mutating func grpcMessage(_ item: Item, _ unit: Unit, _ bytes: Span<UInt8>) {
    head(item, unit)
    let prefix = min(MessageAssembler.prefix, item.range.count)
    let start = item.range.lowerBound + prefix
    lines.add("`\(Hex.text(bytes.extracting(item.range.lowerBound..<start)))`  # gRPC prefix")
    body(item.children, start..<item.range.upperBound, item, unit, bytes)
  }

  private mutating func body(
    _ items: [Item], _ range: Range<Int>, _ item: Item, _ unit: Unit, _ bytes: Span<UInt8>
  ) {
    var writer = ProtoscopeWriter(
      schema: schema, map: unit.map, showsOffsets: isVerbose, reveals: reveals)
    let type = item.text("messageType").flatMap { schema?.message(named: $0) }
    writer.write(items, bytes, range, type: type)
    for line in writer.lines { lines.add(line) }
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add("# \(Hex.padded(offset, 6)): note: \(text.visible)")
  }
}
