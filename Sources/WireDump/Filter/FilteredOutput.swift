/// Lets those frames through to another output that a filter admits. What depends on the end of a call
/// waits for it, so that the frames of such calls come together.
package struct FilteredOutput<Inner: DumpOutput>: DumpOutput {
  private struct CallKey: Hashable {
    var connection: Int
    var stream: UInt32
  }

  private struct Waiting {
    var unit: Unit
    var bytes: [UInt8]
    var table: TableRecord?
  }

  private struct Call {
    var facts = CallFacts()
    var waiting: [Waiting] = []
    var hasShown = false
    /// Whether its end will be told: a stream of nothing but WINDOW_UPDATE or PRIORITY is no call.
    var willEnd = false
    /// How many of its frames were let go before it was known whether to show them.
    var lostCount = 0
    /// When it began, in calls.
    var number: Int
  }

  private var inner: Inner
  private let filter: FrameFilter
  private var calls: [CallKey: Call] = [:]
  private var callCount = 0
  /// Calls that are over, of which late frames may come, such as WINDOW_UPDATE.
  private var ended: [CallKey: CallFacts] = [:]
  private var endedOrder: [CallKey] = []
  private var waitingSize = 0
  private var lastWasShown = false
  private var lastKey = CallKey(connection: 0, stream: 0)

  /// How much a frame that waits counts beside its bytes.
  private static var costOfUnit: Int { 1024 }
  /// How many calls that are over are remembered.
  private static var mostEnded: Int { 4096 }
  private let mostWaiting: Int

  /// - Parameter mostWaiting: how many bytes of frames may wait for the ends of their calls.
  package init(_ inner: Inner, _ filter: FrameFilter, mostWaiting: Int = 64 << 20) {
    self.inner = inner
    self.filter = filter
    self.mostWaiting = mostWaiting
  }

  package var lines: OutputLines {
    get { inner.lines }
    _modify { yield &inner.lines }
  }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    let key = CallKey(connection: unit.connection, stream: unit.stream)
    lastKey = key
    lastWasShown = false
    guard unit.stream > 0 else {
      if filter.admits(FrameFacts(unit), of: nil) ?? false { show(unit, bytes) }
      return
    }
    if let facts = ended[key] {
      if filter.admits(FrameFacts(unit), of: facts) ?? false { show(unit, bytes) }
      return
    }
    // Taken out, so that what waits is not copied.
    var call = calls.removeValue(forKey: key) ?? newCall()
    if call.facts.take(unit) { settle(&call) }
    let isShown = filter.admits(FrameFacts(unit), of: call.facts)
    if isShown == true, call.waiting.isEmpty {
      show(unit, bytes)
      call.hasShown = true
    } else if isShown != false {
      call.waiting.append(Waiting(unit: unit, bytes: bytes.bytes(0..<bytes.count)))
      waitingSize += bytes.count + Self.costOfUnit
    }
    if ["HEADERS", "DATA"].contains(FrameFacts(unit).type) { call.willEnd = true }
    if call.willEnd || !call.waiting.isEmpty { calls[key] = call }
    if waitingSize > mostWaiting { letGo() }
  }

  private mutating func newCall() -> Call {
    callCount += 1
    return Call(number: callCount)
  }

  private mutating func show(_ unit: Unit, _ bytes: Span<UInt8>) {
    inner.write(unit, bytes)
    lastWasShown = true
  }

  /// Decides about what waits, from the first on, as far as that can be known.
  private mutating func settle(_ call: inout Call) {
    var count = 0
    for one in call.waiting {
      guard let isShown = filter.admits(FrameFacts(one.unit), of: call.facts) else { break }
      count += 1
      waitingSize -= one.bytes.count + Self.costOfUnit
      guard isShown else { continue }
      call.hasShown = true
      inner.write(one.unit, one.bytes.span)
      if let table = one.table { inner.write(table) }
    }
    call.waiting.removeFirst(count)
  }

  /// Gives up the frames of the calls that began first, so many that there is room for a while.
  private mutating func letGo() {
    let oldest = calls.filter { !$0.value.waiting.isEmpty }
      .sorted { $0.value.number < $1.value.number }
    for (key, call) in oldest where waitingSize > mostWaiting / 4 * 3 {
      for one in call.waiting { waitingSize -= one.bytes.count + Self.costOfUnit }
      calls[key]?.lostCount += call.waiting.count
      calls[key]?.waiting = []
      if !call.willEnd { calls[key] = nil }
    }
  }

  package mutating func write(_ record: CallRecord) {
    let key = CallKey(connection: record.connection, stream: record.stream)
    var call = calls.removeValue(forKey: key) ?? newCall()
    // What a peer sent before it saw the other's RST_STREAM comes as a call of its own.
    if let facts = ended[key] { call.facts = facts }
    call.facts.take(record)
    settle(&call)
    remember(key, call.facts)
    let isAdmitted = filter.admits(FrameFacts(record), of: call.facts) ?? false
    if isAdmitted, call.lostCount > 0 {
      inner.note(
        "connection \(key.connection), stream \(key.stream): \(call.lostCount) frames were let go "
          + "before the filter could decide, more than \(mostWaiting) bytes waited", offset: 0)
    }
    if call.hasShown || isAdmitted { inner.write(record) }
  }

  private mutating func remember(_ key: CallKey, _ facts: CallFacts) {
    guard ended.updateValue(facts, forKey: key) == nil else { return }
    endedOrder.append(key)
    guard endedOrder.count >= 2 * Self.mostEnded else { return }
    for old in endedOrder.prefix(Self.mostEnded) { ended[old] = nil }
    endedOrder.removeFirst(Self.mostEnded)
  }

  package mutating func write(_ table: TableRecord) {
    if lastWasShown {
      inner.write(table)
    } else if let last = calls[lastKey]?.waiting.indices.last {
      calls[lastKey]?.waiting[last].table = table
    }
  }

  package mutating func note(_ text: String, offset: UInt64) { inner.note(text, offset: offset) }

  package mutating func finish() { inner.finish() }
}
