/// A form of output that is chosen while the program runs.
package struct AnyOutput: DumpOutput {
  private var inner: any DumpOutput

  package init(_ inner: any DumpOutput) { self.inner = inner }

  package var lines: OutputLines {
    get { inner.lines }
    _modify { yield &inner.lines }
  }

  package var isSeparable: Bool { inner.isSeparable }
  package var takesCalls: Bool { inner.takesCalls }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) { inner.write(unit, bytes) }
  package mutating func write(_ call: CallRecord) { inner.write(call) }
  package mutating func write(_ table: TableRecord) { inner.write(table) }
  package mutating func note(_ text: String, offset: UInt64) { inner.note(text, offset: offset) }
  package mutating func finish() { inner.finish() }
}
