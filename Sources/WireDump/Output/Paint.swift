/// Colours of a terminal (ECMA-48 SGR).
struct Paint: Sendable {
  /// How something looks: the number of ECMA-48, if it looks like anything.
  struct Style: Sendable {
    fileprivate let code: StaticString?

    static let plain = Style(code: nil)
    static let bold = Style(code: "1")
    static let dim = Style(code: "2")
    static let red = Style(code: "31")
    static let sent = Style(code: "35")
    static let received = Style(code: "36")

    static func of(_ layer: Layer) -> Style {
      switch layer {
      case .hpack: Style(code: "34")
      case .grpc: Style(code: "33")
      case .protobuf: Style(code: "32")
      case .http2, .raw: plain
      }
    }
  }

  let isOn: Bool

  func begin(_ style: Style, _ text: inout TextBuffer) {
    guard isOn, let code = style.code else { return }
    text.append(literal: "\u{1B}[")
    text.append(literal: code)
    text.append(literal: "m")
  }

  func end(_ style: Style, _ text: inout TextBuffer) {
    if isOn, style.code != nil { text.append(literal: "\u{1B}[0m") }
  }

  func append(_ words: String, _ style: Style, to text: inout TextBuffer) {
    begin(style, &text)
    text.append(words)
    end(style, &text)
  }
}
