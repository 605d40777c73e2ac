/// What a dump tells its output, while it waits to be written.
enum OutputEvent: Sendable {
  /// A unit, and where its bytes are in those of the batch.
  case unit(Unit, Range<Int>)
  case call(CallRecord)
  case table(TableRecord)
  case note(String, offset: UInt64)
  case handOn
  case finish
}

/// Some events in a row: handing over costs more than an event is worth.
struct OutputBatch: Sendable {
  private static let (mostEvents, mostBytes) = (128, 1 << 17)

  private var events: [OutputEvent] = []
  private var bytes: [UInt8] = []

  var isEmpty: Bool { events.isEmpty }
  var isFull: Bool { events.count >= Self.mostEvents || bytes.count >= Self.mostBytes }

  init() { events.reserveCapacity(Self.mostEvents) }

  mutating func append(_ event: OutputEvent) { events.append(event) }

  /// - Parameter bytes: empty if the output does not look at them.
  mutating func append(_ unit: consuming Unit, _ bytes: Span<UInt8>) {
    let start = self.bytes.count
    self.bytes.append(bytes)
    events.append(.unit(unit, start..<self.bytes.count))
  }

  /// Tells everything again.
  func replay(to output: inout any DumpOutput) {
    for event in events {
      switch event {
      case .unit(let unit, let range): output.write(unit, bytes.span.extracting(range))
      case .call(let call): output.write(call)
      case .table(let table): output.write(table)
      case .note(let text, let offset): output.note(text, offset: offset)
      case .handOn: output.handOn()
      case .finish: output.finish()
      }
    }
  }
}
