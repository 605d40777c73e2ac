/// A picture of what happened on each stream when.
package struct WaterfallOutput: DumpOutput {
  package enum Form: Sendable {
    case text(columns: Int)
    case svg
  }

  package var lines = OutputLines()
  private var recorder = TimelineRecorder()
  private let form: Form
  private let filter: FrameFilter?
  private let rowLimit: Int
  private var done: [Timeline] = []
  private var callCount = 0
  private var notes: [String] = []
  private static let noteLimit = 20

  /// - Parameters:
  ///   - filter: which calls are shown; all unless given.
  ///   - rowLimit: how many calls are shown at most, of more the slowest.
  package init(_ form: Form, filter: FrameFilter? = nil, rowLimit: Int = 100) {
    self.form = form
    self.filter = filter
    self.rowLimit = max(1, rowLimit)
  }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var violations = 0
    unit.item.forEach { item, _ in violations += item.violations.count }
    lines.count(violations)
    recorder.take(unit)
  }

  package mutating func write(_ record: CallRecord) {
    guard let call = recorder.finish(record) else { return }
    if let filter, filter.admits(FrameFacts(record), of: call.facts) != true { return }
    callCount += 1
    done.append(call.timeline)
    if done.count >= 8 * rowLimit { keepSlowest() }
  }

  /// The slowest are kept, in their order.
  private mutating func keepSlowest() {
    guard done.count > rowLimit else { return }
    done = Array(done.sorted { $0.latency > $1.latency }.prefix(rowLimit))
  }

  package mutating func note(_ text: String, offset: UInt64) {
    if notes.count < Self.noteLimit { notes.append(text) }
  }

  package mutating func finish() {
    keepSlowest()
    let picture = WaterfallPicture(
      rows: done.sorted {
        ($0.start, $0.connection, $0.stream) < ($1.start, $1.connection, $1.stream)
      },
      callCount: callCount, hasTimes: recorder.hasTimes ?? true, notes: notes)
    let text =
      switch form {
      case .text(let columns): WaterfallText(picture, columns: columns).lines
      case .svg: WaterfallSVG(picture).lines
      }
    for line in text { lines.add(line) }
  }
}

/// What a waterfall shows.
struct WaterfallPicture: Sendable {
  var rows: [Timeline]
  /// How many calls there were; more than the rows if the rows are the slowest only.
  var callCount: Int
  /// Whether the numbers of the timelines are nanoseconds.
  var hasTimes: Bool
  var notes: [String]
  let start: UInt64
  let end: UInt64

  init(rows: [Timeline], callCount: Int, hasTimes: Bool, notes: [String]) {
    (self.rows, self.callCount, self.hasTimes, self.notes) = (rows, callCount, hasTimes, notes)
    let starts = rows.flatMap { [$0.start] + $0.stalls.map(\.start) }
    start = starts.min() ?? 0
    end = max(start + 1, rows.map(\.end).max() ?? 0)
  }

  var title: String {
    let shown =
      callCount > rows.count
      ? "the slowest \(rows.count) of \(callCount) calls" : "\(callCount) calls"
    let order = hasTimes ? "" : "; the capture has no times: in the order of frames"
    return shown + order
  }

  /// A place in time, from the picture's start on.
  func place(_ time: UInt64) -> String { amount(time >= start ? time - start : 0) }

  func amount(_ count: UInt64) -> String {
    guard hasTimes else { return "\(count)" }
    let micro = count / 1000
    let fraction = String(micro % 1000)
    return "\(micro / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
  }

  var unit: String { hasTimes ? "ms" : "frames" }

  /// The times of a row, as far as there are any.
  func moments(_ row: Timeline) -> String {
    func span(_ name: String, _ first: UInt64?, _ last: UInt64?) -> String? {
      guard let first else { return nil }
      guard let last, last > first else { return "\(name) \(place(first))" }
      return "\(name) \(place(first))-\(place(last))"
    }
    return [
      span("request", row.client.headers, nil),
      span("data", row.client.firstData, row.client.lastData),
      span("request ends", row.client.end, nil), span("response", row.server.headers, nil),
      span("data", row.server.firstData, row.server.lastData),
      span("trailers", row.server.trailers, nil), span("reset", row.reset, nil),
    ].compactMap(\.self).joined(separator: ", ")
  }

  func stalls(_ row: Timeline) -> [String] {
    let told = row.allStalls.map { "\(amount($0.count)) \(unit) \($0.reason.text)" }
    return row.stallsLost > 0 ? told + ["\(row.stallsLost) more stalls"] : told
  }
}
