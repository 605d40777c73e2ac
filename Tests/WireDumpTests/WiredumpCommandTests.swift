import CommandConsole
import FoundationEssentials
import TestSupport
import Testing

@testable import WireDumpCommands

@Suite struct WiredumpCommandTests {
  private func run(_ arguments: [String], input: [UInt8] = []) async -> (Int32, String, String) {
    let run = await wiredump(arguments, input: input)
    return (run.exitCode, run.output, run.errors)
  }

  @Test func explainsAMessageThatIsTypedAsDigits() async {
    let (code, output, _) = await run([], input: Array("0a0568656c6c6f\n".utf8))
    #expect(code == 0)
    #expect(output == "000000 send protobuf message of 7 bytes\n         1: \"hello\"\n")
  }

  @Test func tellsThatTextMayBeAMessage() async {
    // 0101 as a string of field 1: other decoders show it as a message without a word.
    let (_, output, _) = await run(["-"], input: [0x0a, 4] + Array("0101".utf8))
    #expect(output.contains("1: \"0101\""))
    #expect(output.contains("or: message{6: 49, 6: 49}"))
  }

  @Test func decodesAPacketCaptureOnBothSides() async {
    let path = fixture("captures/grpcio.pcap").path
    let (code, output, _) = await run(["dump", "--strict", path])
    #expect(code == 0)
    #expect(output.contains("grpc-status: 0"))
    #expect(output.contains("#1 send"))
    #expect(!output.contains("that cannot be decoded"))
  }

  @Test func strictFailsWhereARuleIsBroken() async {
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    let padded = hex("000005000900000001" + "0961626364")
    let (code, output, _) = await run(["--strict"], input: preface + padded)
    #expect(code == 1)
    #expect(
      output.contains(
        "frame 1 at 0x21: DATA padding 9 ≥ payload 5 — RFC 9113 §6.1, PROTOCOL_ERROR"))
  }

  @Test func explainsCodesByNameAndNumber() async {
    #expect(await run(["explain", "goaway"]).1.contains("RFC 9113 §6.8"))
    #expect(await run(["explain", "0xb"]).1.contains("ENHANCE_YOUR_CALM"))
    #expect(await run(["explain", "nonsense"]).0 == 2)
  }

  @Test func saysThatAFileIsNotThere() async {
    let (code, _, errors) = await run(["/nonexistent/file"])
    #expect(code == 66)
    #expect(errors.contains("/nonexistent/file"))
  }

  @Test func namesInErrorsDoNotSteerTheTerminal() async {
    let (code, _, errors) = await run(["diff", "no\u{1B}[31m\u{202E}file", "x"])
    #expect(code == 66)
    #expect(errors.contains("cannot read no?[31m?file: No such"))
  }

  @Test func whatWouldDoNothingIsRefusedOrTold() async {
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    #expect(await run(["--waterfall", "svg", "--verify"], input: preface).0 == 64)
    #expect(await run(["--waterfall", "svg", "--format", "json"], input: preface).0 == 64)
    let (code, _, errors) = await run(["--keylog", "keys"], input: preface)
    #expect(code == 0 && errors.contains("--keylog is not used"))
  }
}
