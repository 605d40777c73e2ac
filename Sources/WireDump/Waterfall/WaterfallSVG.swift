/// A waterfall as a picture (SVG 1.1): no script, and all texts are escaped.
struct WaterfallSVG {
  private let picture: WaterfallPicture
  private static let (left, barWidth, rowHeight, top) = (380, 800, 22, 70)

  init(_ picture: WaterfallPicture) { self.picture = picture }

  private static let legend: [(kind: String, color: String, text: String)] = [
    ("request", "#4477aa", "request"), ("server", "#cccccc", "waited for the server"),
    ("response", "#228833", "response"), ("window", "#ee6677", "stream's window at 0"),
    ("shared", "#aa3377", "connection's window at 0"), ("settings", "#ccbb44", "SETTINGS"),
  ]

  var lines: [String] {
    let width = Self.left + Self.barWidth + 20
    let height = Self.top + Self.rowHeight * (picture.rows.count + 1) + 10
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"12\">",
      "<title>\(Self.escaped(picture.title))</title>",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
      text(10, 20, "\(picture.title); numbers are \(picture.unit)"),
    ]
    lines += legend + axis(height)
    for (index, row) in picture.rows.enumerated() { lines += self.row(row, index) }
    return lines + ["</svg>"]
  }

  private var legend: [String] {
    var lines: [String] = []
    var place = 10
    for entry in Self.legend {
      lines.append(
        "<rect x=\"\(place)\" y=\"32\" width=\"12\" height=\"12\" fill=\"\(entry.color)\"/>")
      lines.append(text(place + 16, 42, entry.text))
      place += 40 + 7 * entry.text.count
    }
    return lines
  }

  private func axis(_ height: Int) -> [String] {
    (0...4).flatMap { quarter -> [String] in
      let place = Self.left + Self.barWidth * quarter / 4
      let count = (picture.end - picture.start) / 4 * UInt64(quarter)
      return [
        "<line x1=\"\(place)\" y1=\"\(Self.top)\" x2=\"\(place)\" y2=\"\(height - 10)\" "
          + "stroke=\"#dddddd\"/>",
        text(place, Self.top - 6, picture.amount(count), anchor: "middle"),
      ]
    }
  }

  private func row(_ row: Timeline, _ index: Int) -> [String] {
    let place = Self.top + Self.rowHeight * index
    let name = "\(row.connection)/\(row.stream) \(row.path ?? "?")"
    let shown = name.count > 40 ? String(name.prefix(39)) + "…" : name
    var lines = ["<g>", "<title>\(Self.escaped(tooltip(row, name)))</title>"]
    lines.append(text(10, place + 15, shown))
    lines.append(text(Self.left - 10, place + 15, row.outcome, anchor: "end"))
    for part in parts(row) { lines.append(bar(part, place)) }
    return lines + ["</g>"]
  }

  private func tooltip(_ row: Timeline, _ name: String) -> String {
    ([
      name, "\(row.outcome), \(picture.amount(row.latency)) \(picture.unit)",
      picture.moments(row), "\(row.client.dataCount) bytes sent, \(row.server.dataCount) received",
    ] + picture.stalls(row)).map(\.visible).joined(separator: "; ")
  }

  private typealias Part = (start: UInt64, end: UInt64, kind: String, text: String)

  private func parts(_ row: Timeline) -> [Part] {
    var parts: [Part] = []
    if let start = row.client.first, let end = row.client.last {
      parts.append((start, end, "request", "request"))
    }
    if let start = row.server.first, let end = row.server.last {
      parts.append((start, end, "response", "response"))
    }
    for stall in row.allStalls {
      parts.append((stall.start, stall.end, Self.kind(stall.reason), stall.reason.text))
    }
    if let reset = row.reset { parts.append((reset, reset, "window", "RST_STREAM")) }
    return parts
  }

  private static func kind(_ reason: Stall.Reason) -> String {
    switch reason {
    case .streamWindow: "window"
    case .connectionWindow: "shared"
    case .settings: "settings"
    case .server: "server"
    }
  }

  private func bar(_ part: Part, _ place: Int) -> String {
    let start = x(part.start)
    let width = max(2, x(part.end) - start)
    let color = Self.legend.first { $0.kind == part.kind }?.color ?? "#000000"
    let count = part.end >= part.start ? part.end - part.start : 0
    let told =
      "\(part.text): \(picture.place(part.start)), \(picture.amount(count)) \(picture.unit)"
    return "<rect x=\"\(start)\" y=\"\(place + 4)\" width=\"\(width)\" height=\"14\" "
      + "fill=\"\(color)\"><title>\(Self.escaped(told))</title></rect>"
  }

  private func x(_ time: UInt64) -> Int {
    let offset = Double(time >= picture.start ? time - picture.start : 0)
    let share = min(1, offset / Double(picture.end - picture.start))
    return Self.left + Int(share * Double(Self.barWidth))
  }

  private func text(_ x: Int, _ y: Int, _ text: String, anchor: String = "start") -> String {
    "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(Self.escaped(text))</text>"
  }

  /// XML 1.0 has no control characters: they are written as what stands for them.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.visible.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
