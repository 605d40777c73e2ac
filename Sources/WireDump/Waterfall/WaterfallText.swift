/// A waterfall in characters.
struct WaterfallText {
  private let picture: WaterfallPicture
  private let columns: Int
  private let callWidth: Int
  // The longest name of a status has 19 characters.
  private static let (statusWidth, numberWidth) = (19, 10)
  private static let leastBar = 20

  init(_ picture: WaterfallPicture, columns: Int) {
    self.picture = picture
    self.columns = min(max(columns, 76), 1000)
    callWidth = columns < 100 ? 12 : 24
  }

  private var barWidth: Int {
    max(
      Self.leastBar,
      columns - 10 - callWidth - Self.statusWidth - Self.numberWidth - 5)
  }

  var lines: [String] {
    var lines = ["\(picture.title); numbers are \(picture.unit) from the first on"]
    lines += picture.notes.map { "note: \($0.visible)" }
    guard !picture.rows.isEmpty else { return lines }
    lines.append(
      "H request headers  > request data  . server  h response headers  < response data")
    lines.append(
      "t trailers  X reset  w stream's window at 0  W connection's window at 0  s SETTINGS")
    lines.append("")
    let end = picture.place(picture.end)
    lines.append(
      pad("conn/strm", 10) + pad("call", callWidth + 1) + pad("status", Self.statusWidth + 1)
        + left("took", Self.numberWidth) + "  0" + left(end, barWidth - 1))
    for row in picture.rows { lines += self.row(row) }
    return lines.map { fit($0) }
  }

  private func row(_ row: Timeline) -> [String] {
    let name = pad("\(row.connection)/\(row.stream)", 10)
    let path = pad(shortened(row.path?.visible ?? "?"), callWidth + 1)
    let status = pad(String(row.outcome.prefix(Self.statusWidth)), Self.statusWidth + 1)
    let took = left(picture.amount(row.latency), Self.numberWidth)
    var lines = [name + path + status + took + "  " + bar(row)]
    lines += wrapped(picture.moments(row))
    lines += picture.stalls(row).map { "            ; \($0)" }
    return lines
  }

  /// Long lines go on in another one.
  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = "           "
    for part in text.split(separator: ", ") {
      if line.count + part.count + 3 > columns {
        lines.append(line)
        line = "           "
      }
      line += " " + part + ","
    }
    return (lines + [line]).map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }
  }

  private func bar(_ row: Timeline) -> String {
    var cells = [Character](repeating: " ", count: barWidth)
    fill(&cells, row.client.headers, row.client.last, ">")
    fill(&cells, row.server.headers, row.server.last, "<")
    for stall in row.allStalls { fill(&cells, stall.start, stall.end, Self.mark(stall.reason)) }
    let points: [(UInt64?, Character)] = [
      (row.client.headers, "H"), (row.server.headers, "h"), (row.server.trailers, "t"),
      (row.reset, "X"),
    ]
    for (time, mark) in points { if let time { cells[cell(time)] = mark } }
    return String(cells).trimmedEnd
  }

  private static func mark(_ reason: Stall.Reason) -> Character {
    switch reason {
    case .streamWindow: "w"
    case .connectionWindow: "W"
    case .settings: "s"
    case .server: "."
    }
  }

  private func fill(
    _ cells: inout [Character], _ start: UInt64?, _ end: UInt64?, _ mark: Character
  ) {
    guard let start, let end, end >= start else { return }
    for index in cell(start)...cell(end) { cells[index] = mark }
  }

  private func cell(_ time: UInt64) -> Int {
    let offset = Double(time >= picture.start ? time - picture.start : 0)
    let share = offset / Double(picture.end - picture.start)
    return min(barWidth - 1, max(0, Int(share * Double(barWidth))))
  }

  /// The end of a path tells more than its start.
  private func shortened(_ path: String) -> String {
    path.count > callWidth ? "…" + path.suffix(callWidth - 1) : path
  }

  private func fit(_ line: String) -> String { String(line.prefix(columns)).trimmedEnd }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func left(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension String {
  /// Without the spaces at its end.
  fileprivate var trimmedEnd: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
