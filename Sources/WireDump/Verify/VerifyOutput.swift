import WireCaptureModel

/// How a verdict is written.
package enum VerdictStyle: Sendable {
  case text
  /// Lines that begin with `#`, for forms that are read back.
  case comment
  case json
}

/// Encodes everything that is explained again, and tells whether that gives the same bytes: behind what
/// another form of output writes.
///
/// What the sender was free to choose is kept: which fields a table gets, what is Huffman-coded, where
/// frames end. What a usual encoder would never write is a difference: the first of each layer is named
/// with its place in the input.
///
/// In JSON a layer's line has the type `verify`: `checked`, `same` and, for what there is, `difference`,
/// `unknown` and `remark` with `…Off` and `…Count`. Each finding has the type `finding` where all are listed,
/// and the last line `verdict`: `same`, `sure`, or the first difference's `layer`, `off` and `what`.
package struct VerifyOutput<Base: DumpOutput>: DumpOutput {
  private struct FlowKey: Hashable {
    var connection: Int
    var direction: CaptureDirection
  }

  private var base: Base
  private let style: VerdictStyle
  /// Whether everything that is found is told, and not only the first of its kind.
  private let listsAll: Bool
  private let messages: MessageVerifier
  private var tallies: [Layer: VerifyTally] = [:]
  private var headers: [FlowKey: HeaderVerifier] = [:]
  /// Where the first CONTINUATION of the block stands that is not whole yet.
  private var continuations: [FlowKey: UInt64] = [:]
  private var first: (layer: Layer, offset: UInt64, what: String)?
  /// How many directions of connections are remembered.
  private static var flowLimit: Int { 4096 }
  private static var things: [(Layer, String)] {
    [(.http2, "frames"), (.hpack, "header fields"), (.grpc, "prefixes"), (.protobuf, "messages")]
  }

  package init(
    _ base: Base, _ context: DumpContext, style: VerdictStyle, listsAll: Bool = false
  ) {
    self.base = base
    self.style = style
    self.listsAll = listsAll
    messages = MessageVerifier(schema: context.schema)
  }

  package var lines: OutputLines {
    get { base.lines }
    _modify { yield &base.lines }
  }

  package var takesCalls: Bool { base.takesCalls }

  package mutating func write(_ call: CallRecord) { base.write(call) }
  package mutating func write(_ table: TableRecord) { base.write(table) }
  package mutating func note(_ text: String, offset: UInt64) { base.note(text, offset: offset) }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    base.write(unit, bytes)
    if unit.item.layer == .http2 { frame(unit, bytes) }
    block(unit, bytes)
    for item in [unit.item] + unit.item.children where item.kind == "message" {
      if item.layer == .grpc { prefix(item, unit, bytes) }
      if item.layer == .grpc || item.layer == .protobuf { message(item, unit, bytes) }
    }
  }

  private mutating func add(_ findings: [VerifyFinding], _ layer: Layer, _ map: OffsetMap) {
    for finding in findings {
      tallies[layer, default: VerifyTally()].add(finding, map)
      if listsAll { list(finding, layer, map.offset(finding.position)) }
      guard finding.kind == .difference, first == nil else { continue }
      first = (layer, map.offset(finding.position), finding.what)
    }
  }

  private mutating func list(_ finding: VerifyFinding, _ layer: Layer, _ offset: UInt64) {
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("off", .number(offset))
    line.add("layer", .text(layer.rawValue))
    line.add("type", .text("finding"))
    line.add("kind", .text(finding.kind.rawValue))
    line.add("what", .text(finding.what))
    let kind = finding.kind.rawValue
    add("verify \(layer.rawValue): \(kind) at 0x\(Hex.short(offset)): \(finding.what)", line)
  }

  private mutating func count(_ layer: Layer, _ count: Int = 1) {
    tallies[layer, default: VerifyTally()].checked += count
  }

  private mutating func frame(_ unit: Unit, _ bytes: Span<UInt8>) {
    guard !["PREFACE", "cut"].contains(unit.item.kind), bytes.count >= FrameHeader.size else {
      return
    }
    count(.http2)
    add(FrameVerifier.findings(bytes), .http2, unit.map)
    let key = FlowKey(connection: unit.connection, direction: unit.direction)
    if FrameHeader(bytes, at: 0).type == .continuation, continuations[key] == nil {
      if continuations.count >= Self.flowLimit { continuations = [:] }
      continuations[key] = unit.map.offset(0)
    }
  }

  private mutating func block(_ unit: Unit, _ bytes: Span<UInt8>) {
    let fields = unit.item.children.filter {
      $0.layer == .hpack && ["field", "size update", "rest"].contains($0.kind)
    }
    let key = FlowKey(connection: unit.connection, direction: unit.direction)
    if unit.isAssembled, unit.item.kind == "block",
      let offset = continuations.removeValue(forKey: key),
      bytes.count <= FrameVerifier.blockLimit
    {
      let what = "CONTINUATION, and the header block of \(bytes.count) bytes fits in one frame"
      add([VerifyFinding(0, what)], .http2, OffsetMap(offset))
    }
    guard !fields.isEmpty else { return }
    // Taken out while it works, so that its table is not shared.
    var verifier = headers.removeValue(forKey: key) ?? HeaderVerifier()
    for field in fields {
      add(verifier.findings(field, bytes), .hpack, unit.map)
      count(.hpack, field.kind == "field" ? 1 : 0)
    }
    // Of a table that is forgotten here, the entries are unknown from then on.
    if headers.count >= Self.flowLimit { headers = [:] }
    headers[key] = verifier
  }

  private mutating func prefix(_ item: Item, _ unit: Unit, _ bytes: Span<UInt8>) {
    guard item.range.count >= MessageAssembler.prefix else { return }
    count(.grpc)
    let start = item.range.lowerBound
    guard bytes[start] > 1 else { return }
    let flag = "compressed flag \(bytes[start]), 0 and 1 are the only ones"
    add([VerifyFinding(start, flag)], .grpc, unit.map)
  }

  private mutating func message(_ item: Item, _ unit: Unit, _ bytes: Span<UInt8>) {
    var body = item.range
    var isWhole = true
    if item.layer == .grpc {
      let start = min(body.lowerBound + MessageAssembler.prefix, body.upperBound)
      isWhole = body.upperBound - start == Int(bytes.number(at: body.lowerBound + 1, 4))
      body = start..<body.upperBound
    }
    guard isWhole else {
      let what = "the message is not whole"
      return add([VerifyFinding(item.range.lowerBound, what, .unknown)], .protobuf, unit.map)
    }
    guard item.children.allSatisfy({ $0.layer == .protobuf }) else {
      let what = "the bytes are compressed, or no protobuf message"
      return add([VerifyFinding(body.lowerBound, what, .unknown)], .protobuf, unit.map)
    }
    count(.protobuf)
    let type = item.text("messageType")
    add(messages.findings(item.children, bytes, body, typeName: type), .protobuf, unit.map)
  }

  // MARK: The verdict

  package mutating func finish() {
    base.finish()
    lines.countDifferences(tallies.values.reduce(0) { $0 + ($1.differences?.count ?? 0) })
    for (layer, things) in Self.things {
      guard let tally = tallies[layer], !tally.isEmpty else { continue }
      add(tally.line(layer, things), tally.json(layer))
    }
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("type", .text("verdict"))
    line.add("same", .flag(first == nil))
    guard let first else {
      let isSure = tallies.values.allSatisfy { $0.unknowns == nil }
      line.add("sure", .flag(isSure))
      return add("verify: same bytes" + (isSure ? "" : ", as far as can be known"), line)
    }
    line.add("layer", .text(first.layer.rawValue))
    line.add("off", .number(first.offset))
    line.add("what", .text(first.what))
    add(
      "verify: the first choice that is not canonical is at 0x\(Hex.short(first.offset)), "
        + "\(first.layer.rawValue): \(first.what)", line)
  }

  private mutating func add(_ text: String, _ json: JSONLine) {
    switch style {
    case .text: lines.add(text)
    case .comment: lines.add("# " + text)
    case .json: lines.add(json.text)
    }
  }
}
