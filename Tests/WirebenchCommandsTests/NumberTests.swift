import MomentoAuthMessages
import ProtobufWire
import Testing

@testable import WirebenchCommands

@Suite struct NumberTests {
  @Test("numbers have the decimals asked for, and thousands are kept apart")
  func text() {
    #expect(0.05.fixed(1) == "0.1")
    #expect(12.345.fixed(2) == "12.35")
    #expect((-0.001).fixed(2) == "0.00")
    #expect((-1.5).fixed(1) == "-1.5")
    #expect(7.0.fixed(0) == "7")
    #expect(Double.nan.fixed(1) == "-")
    #expect(999.0.grouped(0) == "999")
    #expect(1_000.0.grouped(0) == "1,000")
    #expect(1_234_567.89.grouped(1) == "1,234,567.9")
    #expect((-1_234.0).grouped(0) == "-1,234")
  }

  @Test("the median is the middle, or between the two in the middle")
  func median() throws {
    #expect(Samples([3, 1, 2])?.median == 2)
    #expect(Samples([4, 1, 2, 3])?.median == 2.5)
    #expect(Samples([]) == nil)
    #expect(Samples([2_000, 1_000, 3_000])?.text(0) == "2,000 (1,000–3,000)")
    #expect(Samples([2])?.text(1) == "2.0")
  }

  @Test("a table's columns are as wide as their widest cell")
  func table() {
    var table = MarkdownTable(["name", "µs"])
    #expect(table.isEmpty)
    table.add(["a", "1,234"])
    #expect(
      table.text == """
        | name |    µs |
        | ---- | ----: |
        | a    | 1,234 |
        """)
  }

  @Test("memory is read from the lines of /proc/PID/status")
  func memory() {
    let status = "Name:\twirebench\nVmPeak:\t  999 kB\nVmHWM:\t   17388 kB\nVmRSS:\t   16000 kB\n"
    #expect(ProcessMemory(status: status)?.peak == 17_388)
    #expect(ProcessMemory(status: status)?.resident == 16_000)
    #expect(ProcessMemory(status: "Name:\tkthreadd\n") == nil)
  }

  @Test("the time since the start is that of whoever started the process, never later than now")
  func start() {
    let variable = ProcessStart.variable
    #expect(ProcessStart(environment: [variable: "100"], now: 150).spawned == 100)
    #expect(ProcessStart(environment: [variable: "200"], now: 150).spawned == 150)
    #expect(ProcessStart(environment: [variable: "soon"], now: 150).spawned == 150)
    #expect(ProcessStart(environment: [:], now: 150).spawned == 150)
  }

  @Test("the sample texts are the ones that the peers send")
  func sampleTexts() throws {
    #expect(SampleCall.text(16, seed: 1) == "CG0eraRdRVmjxTUG")
    #expect(SampleCall.text(16, seed: 13) == "FneVXkbPqo24nw9S")
    #expect(SampleCall.request.apiKey.hasSuffix("ZF9b572h"))
    #expect(try SampleCall.request.encoded().count == 405)
  }
}
