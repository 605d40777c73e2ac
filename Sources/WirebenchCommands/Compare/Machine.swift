import CommandConsole
import Glibc
import LocalFiles
import MomentoAuth

/// What the figures were measured on.
struct Machine {
  var processor: String
  var cores: Int
  var kernel: String
  /// Names and versions of what is compared.
  var versions: [(name: String, version: String)]

  /// - Parameter environment: of the tools that tell their versions.
  init(environment: [String: String]) {
    processor = Self.processorName ?? "unknown processor"
    cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    kernel = Self.kernelRelease
    func version(_ arguments: String...) -> String {
      let command = ChildProcess.Command(arguments, environment: environment)
      let text = try? ChildProcess(command, readsOutput: true).wholeOutput()
      return text?.split(separator: "\n").first.map(String.init) ?? "unknown"
    }
    versions = [
      ("Swift", Self.compilerVersion(version("swift", "--version"))),
      ("nghttp2", version("pkg-config", "--modversion", "libnghttp2")),
      ("OpenSSL", version("pkg-config", "--modversion", "openssl")),
      ("gRPC C++", version("pkg-config", "--modversion", "grpc++")),
    ]
  }

  /// One line.
  var text: String {
    let words = versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    return "\(processor), \(cores) cores, Linux \(kernel); \(words)"
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "processor": .string(processor), "cores": .integer(Int64(cores)), "kernel": .string(kernel),
    ]
    for (name, version) in versions { members[name] = .string(version) }
    return .object(members)
  }

  private static var processorName: String? {
    guard let bytes = try? FileText.read(path: "/proc/cpuinfo", limit: 1 << 22) else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
  }

  private static var kernelRelease: String {
    let path = "/proc/sys/kernel/osrelease"
    guard let bytes = try? FileText.read(path: path, limit: 1 << 10) else { return "unknown" }
    return String(String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline })
  }

  /// `Swift version 6.3.1 (swift-6.3.1-RELEASE)` → `6.3.1`.
  private static func compilerVersion(_ text: String) -> String {
    let words = text.split(separator: " ")
    guard let index = words.firstIndex(of: "version"), index + 1 < words.count else { return text }
    return String(words[index + 1])
  }
}
