import Foundation
import RotationService
import Testing

@Suite(.timeLimit(.minutes(5))) struct SystemdNotifierTests {
  @Test(arguments: [false, true])
  func theLifeOfAServiceIsToldInOrder(isAbstract: Bool) throws {
    let socket = try NotifySocket(isAbstract: isAbstract)
    let notifier = try #require(
      SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
    #expect(notifier.ready(status: "next rotation 2027-01-31T12:00:00Z"))
    #expect(notifier.alive())
    #expect(notifier.status("rotating"))
    #expect(notifier.extendTimeout(by: .seconds(120)))
    #expect(notifier.stopping(status: "done"))
    let expected = [
      "READY=1\nSTATUS=next rotation 2027-01-31T12:00:00Z", "WATCHDOG=1", "STATUS=rotating",
      "EXTEND_TIMEOUT_USEC=120000000", "STOPPING=1\nSTATUS=done",
    ]
    #expect(try expected.map { _ in try socket.receive() } == expected)
  }

  @Test func aStatusCannotSayMoreThanAStatus() throws {
    let socket = try NotifySocket(isAbstract: true)
    let notifier = try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
    notifier.status("one\nMAINPID=1\r\ntwo\0")
    #expect(try socket.receive() == "STATUS=one MAINPID=1 two ")
  }

  @Test func whereNobodyListensTheServiceGoesOn() throws {
    let notifier = try #require(
      SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]))
    #expect(!notifier.alive())
  }

  @Test(arguments: [
    nil, "", "/", "@", "notify.sock", "vsock:2:1234", "/" + String(repeating: "x", count: 108),
  ])
  func thereIsNoNotifierWithoutASocket(_ name: String?) {
    var environment: [String: String] = [:]
    environment["NOTIFY_SOCKET"] = name
    #expect(SystemdNotifier(environment: environment) == nil)
  }

  @Test func theWatchdogIsThatOfThisProcess() {
    func watchdog(_ more: [String: String]) -> Duration? {
      let environment = more.merging(["NOTIFY_SOCKET": "@x"]) { first, _ in first }
      return SystemdNotifier(environment: environment, processID: 42)?.watchdog
    }
    #expect(watchdog(["WATCHDOG_USEC": "180000000"]) == .seconds(180))
    #expect(watchdog(["WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "42"]) == .seconds(180))
    #expect(watchdog(["WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "41"]) == nil)
    for text in ["0", "-1", "soon", ""] { #expect(watchdog(["WATCHDOG_USEC": text]) == nil) }
    #expect(watchdog([:]) == nil)
  }
}

/// The socket on which a service manager listens.
private final class NotifySocket {
  let name: String
  private let descriptor: Int32

  init(isAbstract: Bool) throws {
    let unique = UUID().uuidString
    let path = FileManager.default.temporaryDirectory.path + "/" + unique
    name = isAbstract ? "@momento-auth-" + unique : path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if isAbstract { bytes[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length)
      }
    }
    try #require(code == 0)
  }

  deinit {
    close(descriptor)
    if name.hasPrefix("/") { unsafe unlink(name) }
  }

  func receive() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    try #require(count >= 0)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
