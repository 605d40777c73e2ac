import FoundationEssentials
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct EncodeCommandTests {
  private func encode(
    _ arguments: [String], _ text: String, isTerminal: Bool = false
  ) async -> DumpRun {
    await wiredump(["encode"] + arguments, input: Array(text.utf8), isTerminal: isTerminal)
  }

  private func encode(_ text: String) async -> DumpRun { await encode([], text) }

  private let recording = fixture("calls/generate-api-token.client.bin").path

  @Test func textOfTheLanguageBecomesBytes() async {
    #expect(await encode("1: {\"hello\"}").bytes == hex("0a0568656c6c6f"))
    #expect(await encode(["--hex"], "1: 150 # a remark").output == "089601\n")
    #expect(await encode(["--frame", "--hex"], "1: 150").output == "0000000003089601\n")
    #expect(await encode([], "").bytes.isEmpty)
  }

  @Test func aFaultIsToldWithItsPlace() async {
    let run = await encode("1: {\n  what\n}")
    #expect(run.exitCode == 2 && run.bytes.isEmpty)
    #expect(run.errors.contains("-:2:3: expected") && run.errors.contains("found \"what\""))
  }

  @Test func bytesAreNotWrittenToATerminal() async {
    let run = await encode([], "1: 1", isTerminal: true)
    #expect(run.exitCode == 64 && run.bytes.isEmpty)
    #expect(run.errors.contains("--hex"))
    #expect(await encode(["--hex"], "1: 1", isTerminal: true).output == "0801\n")
  }

  @Test func bytesGoToAFile() async throws {
    let directory = try TestDirectory()
    let path = directory.path + "/message.pb"
    let run = await encode(["-o", path], "1: 1")
    #expect(run.exitCode == 0 && run.bytes.isEmpty)
    #expect(try Array(Data(contentsOf: URL(filePath: path))) == hex("0801"))
  }

  @Test(arguments: [
    "0801", "08 01\n", "00000000: 0801                                     ..",
    "000000  08 01                                            pb     1: 1",
  ])
  func hexadecimalTextBecomesBytes(text: String) async {
    #expect(await encode(text).bytes == hex("0801"))
  }

  @Test func digitsMayBeIntegersOfTheLanguage() async {
    #expect(await encode("10 20").bytes == hex("1020"))
    #expect(await encode(["--from", "protoscope"], "10 20").bytes == hex("0a14"))
  }

  @Test(arguments: Recordings.names, [CaptureDirection.clientToServer, .serverToClient])
  func everyDumpThatHoldsAllBytesBecomesTheInputAgain(
    name: String, direction: CaptureDirection
  ) async throws {
    let path = fixture("calls/\(name).\(direction.name).bin").path
    let bytes = try Recordings.bytes(name, direction)
    for form in [["hex"], ["json", "--bytes"]] {
      let dump = await wiredump(
        ["--reveal", "--direction", direction.name, "--format"] + form + [path])
      #expect(await encode(dump.output).bytes == bytes, "\(form)")
    }
  }

  @Test func dumpsThatHideSomethingAreRefused() async {
    let annotated = await wiredump(["--format", "hex", recording]).output
    let refused = await encode(annotated)
    #expect(refused.exitCode == 2 && refused.errors.contains("are hidden"))
    #expect(refused.errors.contains("--reveal") && refused.bytes.isEmpty)
    let lines = await encode(await wiredump(["--format", "json", recording]).output)
    #expect(lines.exitCode == 2 && lines.errors.contains("--bytes --reveal"))
    #expect(await wiredump(["--format", "json", "--bytes", recording]).exitCode == 64)
  }

  @Test func anAnnotatedDumpIsExplainedLikeItsInput() async throws {
    let dump = await wiredump(["--format", "hex", "--reveal", recording]).output
    let again = await wiredump(["--format", "hex", "--reveal"], input: Array(dump.utf8)).output
    #expect(again == dump)
    let hidden = await wiredump(["--format", "hex", recording]).output
    #expect(await wiredump([], input: Array(hidden.utf8)).exitCode == 2)
  }

  @Test func dumpsWithHolesAreRefused() async {
    let dump = await wiredump(["--format", "hex", "--reveal", recording]).output
    let lines = dump.split(separator: "\n")
    let holed = await encode(
      lines[..<3].joined(separator: "\n") + "\n" + lines[4...].joined(separator: "\n"))
    #expect(holed.exitCode == 2 && holed.errors.contains("does not show the bytes at"))
    let beyond = "ffffffffffffffff  00" + String(repeating: " ", count: 46) + "raw    x\n"
    let wrapped = await encode(beyond + dump)
    #expect(wrapped.exitCode == 2 && wrapped.errors.contains("does not show the bytes at"))
    let doubled = await encode(dump + dump)
    #expect(doubled.exitCode == 2 && doubled.errors.contains("twice"))
  }

  @Test func oneDirectionOfACaptureIsChosen() async throws {
    let capture = fixture("captures/grpcio.pcap").path
    let dump = await wiredump(["--format", "json", "--bytes", "--reveal", capture]).output
    let refused = await encode(dump)
    #expect(refused.exitCode == 2 && refused.errors.contains("--connection and --direction"))
    let client = await encode(["--connection", "1", "--direction", "client"], dump)
    #expect(client.bytes.starts(with: FrameScanner.preface))
  }

  @Test func messagesComeBackWithAndWithoutTheirPrefixes() async throws {
    let text = await wiredump(["--format", "protoscope", "--reveal", recording]).output
    let whole = await encode(text)
    #expect(whole.errors.isEmpty && whole.bytes.starts(with: hex("0000000019")))
    #expect(await encode(["--unframe"], text).bytes == Array(whole.bytes.dropFirst(5)))
    #expect(await encode(["--message", "1"], text).bytes == whole.bytes)
    let missing = await encode(["--message", "7"], text)
    #expect(missing.exitCode == 2 && missing.errors.contains("no message 7 in the text, it has 1"))
    #expect(await encode(["--frame"], text).exitCode == 2)
    #expect(await encode(["--unframe"], "1: 1").exitCode == 2)
  }

  @Test func hiddenValuesAreMentioned() async {
    let text = await wiredump(["--format", "protoscope", recording]).output
    let run = await encode(text)
    #expect(run.exitCode == 0 && run.errors.contains("1 hidden values are asterisks"))
  }

  @Test func messagesOfAKnownTypeComeFromTheirOwnForms() async throws {
    let directory = try TestDirectory()
    let proto = directory.path + "/a.proto"
    try Data("syntax = \"proto3\"; message A { string name = 1; int32 n = 2; }".utf8).write(
      to: URL(filePath: proto))
    let options = ["--proto", proto, "--message-type", "A"]
    #expect(await encode(options, "name: \"x\" n: 3").bytes == hex("0a01781003"))
    #expect(await encode(options, "{\"name\": \"x\", \"n\": 3}").bytes == hex("0a01781003"))
    let wrong = await encode(options, "nam: \"x\"")
    #expect(wrong.exitCode == 2 && wrong.errors.contains("1:1"))
    let unknown = await encode(["--message-type", "No"], "a: 1")
    #expect(unknown.exitCode == 64 && unknown.errors.contains("declares the message No"))
    #expect(await encode(["--from", "text"], "a: 1").exitCode == 64)
  }

  @Test func aDescriptorSetTellsTypes() async throws {
    // What protoc writes of: syntax = "proto3"; package s; message A { string name = 1; }
    let set = hex(
      "0a2d0a07732e70726f746f12017322170a014112120a046e616d651801200128095204" + "6e616d65"
        + "620670726f746f33")
    let directory = try TestDirectory()
    let path = directory.path + "/s.binpb"
    try Data(set).write(to: URL(filePath: path))
    let options = ["--proto-set", path, "--message-type", "s.A"]
    let run = await wiredump(options, input: hex("0a0178"))
    #expect(run.output.contains("1 (name): \"x\""), "\(run.errors)")
    #expect(await encode(options, "name: \"x\"").bytes == hex("0a0178"))
  }

  @Test(arguments: [
    ("0a", "is no FileDescriptorSet"), ("", "no files with names"),
    ("0a020801", "no FileDescriptorSet"),
    ("0a150a07732e70726f746f1a02782e620670726f746f33", "imported file \"x.\" is not there"),
    ("0a1a0a07732e70726f746f1a07732e70726f746f620670726f746f33", "imports itself"),
  ])
  func aBadDescriptorSetIsRefused(set: String, what: String) async throws {
    let directory = try TestDirectory()
    let path = directory.path + "/s.binpb"
    try Data(hex(set)).write(to: URL(filePath: path))
    let run = await wiredump(["--proto-set", path], input: hex("0801"))
    #expect(run.exitCode == 2 && run.errors.contains(what), "\(run.errors)")
    #expect(run.errors.contains("--include_imports"))
  }

  @Test func aFileMayTakeAllNamesOfMomentosAndNotSomeOfThem() async throws {
    let directory = try TestDirectory()
    let whole = directory.path + "/copy.proto"
    try FileManager.default.copyItem(
      atPath: fixture("../Protos/auth.proto").path, toPath: whole)
    let run = await wiredump(["--proto", whole, recording])
    #expect(run.exitCode == 0 && run.output.contains("auth_token): <redacted"), "\(run.errors)")
    let part = directory.path + "/part.proto"
    try Data("syntax = \"proto3\"; package auth; message _LoginRequest {}".utf8).write(
      to: URL(filePath: part))
    let refused = await wiredump(["--proto", part, recording])
    #expect(refused.exitCode == 2 && refused.errors.contains("names of Momento's auth.proto"))
  }

  @Test func aDescriptorSetThatIsNotThereIsNamed() async {
    let run = await wiredump(["--proto-set", "/nowhere.binpb"], input: hex("0801"))
    #expect(run.exitCode == 66 && run.errors.contains("/nowhere.binpb"))
  }
}
