import GRPCTransport

/// The files that the page is made of. They are part of the program, and need no network.
enum ConsoleFiles {
  struct File {
    let type: String
    let text: String

    var response: HTTPServerResponse {
      HTTPServerResponse(200, fields: [("content-type", type)], body: Array(text.utf8))
    }
  }

  static func file(_ path: String) -> File? {
    switch path {
    case "/": File(type: "text/html; charset=utf-8", text: page)
    case "/console/style.css": File(type: "text/css; charset=utf-8", text: style)
    case "/console/script.js": File(type: script, text: pageScript)
    case "/console/editor.js": File(type: script, text: editorScript)
    case "/console/icon.svg": File(type: "image/svg+xml", text: icon)
    default: nil
    }
  }

  private static let script = "text/javascript; charset=utf-8"

  private static let icon = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7"
    fill="#0b5d4a"/><path d="M9 22V10l7 8 7-8v12" fill="none" stroke="#c9f7dd" stroke-width="3"
    stroke-linecap="round" stroke-linejoin="round"/></svg>
    """#
}
