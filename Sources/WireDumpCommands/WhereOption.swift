import ArgumentParsing
import CommandConsole
import WireDump

/// `--where`: which frames are shown.
enum WhereOption {
  static let option = Option(
    "where", .value(.init("filter")),
    "Show only frames that it admits, such as 'path==/auth.Auth/Login && status!=0'.")

  static let help = HelpSection(
    "Filters",
    [
      "Of a call: path, service, method, authority, header[\"name\"], status (number or name),",
      "  latency (20ms, 1.5s; duration is the same), size (100, 4KiB).",
      "Of a frame: type (HEADERS), dir (send, recv), stream, conn, time (seconds of the capture).",
      "== != < <= > >= compare; ~ is holds, or with * and ? in it a pattern; && || ! and ().",
      "A filter of calls shows all frames of a call, at its end if it depends on that, and none",
      "of the connection's own. What is not there differs from everything.",
    ])

  static func filter(_ text: String, _ command: ParsedCommand) throws -> FrameFilter {
    do {
      return try FrameFilter(text)
    } catch {
      throw command.refusal("--where: \(error.shown(in: text))")
    }
  }
}
