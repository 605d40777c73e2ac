import TestSupport
import Testing

@testable import WireDump

/// What the published description of the language says of each of its tokens.
@Suite struct ProtoscopeLanguageTests {
  private func bytes(_ text: String) throws(ProtoscopeError) -> String {
    hex(try Protoscope.assemble(Array(text.utf8)))
  }

  private static let cases: [(text: String, hex: String)] = [
    ("", ""), (" \t\r\n# nothing", ""), ("#one\n1#two\n2", "0102"),
    // Strings
    (#""""#, ""), (#""a b""#, "612062"), (#""\\\"\n\x41\101\0\3777""#, "5c220a414100ff37"),
    ("\"a\nb # c\"", "610a6220232063"), (#""é""#, "c3a9"), (#""a" "b""c""#, "616263"),
    // Hexadecimal literals
    ("`00`", "00"), ("`abCDef`", "abcdef"), ("``", ""), ("`01``02`3", "010203"),
    // Integers
    ("0", "00"), ("456", "c803"), ("-1", "ffffffffffffffffff01"), ("0x7f", "7f"),
    ("-0xffFF", "8180fcffffffffffff01"), ("18446744073709551615", "ffffffffffffffffff01"),
    ("-9223372036854775808", "80808080808080808001"), ("-2z 3", "0303"), ("1z", "02"),
    ("-9223372036854775808z", "ffffffffffffffffff01"), ("007", "07"),
    ("0i32", "00000000"), ("-23i64", "e9ffffffffffffff"), ("4294967295i32", "ffffffff"),
    ("-2147483648i32", "00000080"), ("0x0102i32", "02010000"),
    ("18446744073709551615i64", "ffffffffffffffff"),
    // Redundant bytes
    ("long-form:3 3", "83808000"), ("long-form:0 3", "03"), ("long-form:1 0", "8000"),
    ("long-form:2 1z", "828000"), ("long-form:2 23:LEN", "ba818000"),
    ("long-form:1 1: 5", "880005"), ("1: long-form:1 5", "088500"),
    ("23: long-form:2 {\"abc\"}", "ba01838000616263"), ("{long-form:1 1}", "028100"),
    // Bools
    ("true false", "0100"), ("1: true", "0801"),
    // Floats
    ("1.0", "000000000000f03f"), ("1.5i32", "0000c03f"), ("9.423e-2", "1d554d10751fb83f"),
    ("-0x1.ffp52", "0000000000f03fc3"), ("0xf.fi64", "0000000000e02f40"), ("0x1.8i32", "0000c03f"),
    ("1.5i64", "000000000000f83f"), ("-0.0", "0000000000000080"), ("2.0E2", "0000000000006940"),
    ("inf32", "0000807f"), ("-inf32", "000080ff"), ("inf64", "000000000000f07f"),
    ("-inf64", "000000000000f0ff"),
    // Tags
    ("1:VARINT 2:I64 3:LEN 4:SGROUP 5:EGROUP 6:I32", "08111a232c35"), ("0x10:0", "8001"),
    ("8:6", "46"), ("8:7", "47"), ("1: 55z", "086e"), ("2: 1.23", "11ae47e17a14aef33f"),
    ("3: {\"text\"}", "1a0474657874"), ("6: -1i32", "35ffffffff"), ("8: !{42}", "432a44"),
    ("1:", "08"), ("1: 2:", "0810"), ("{1:}", "0108"), ("1: \"a\"", "0861"), ("1: `00`", "0800"),
    ("1: # a remark\n {}", "0a00"), ("0: 1", "0001"), ("-1: 0", "f8ffffffffffffffff0100"),
    ("1z:VARINT", "10"), ("1: inf32", "0d0000807f"), ("1:{}", "0a00"), ("1:\"a\"", "0861"),
    ("0x1fffffffffffffff:0", "f8ffffffffffffffff01"), ("9z:7", "9e01"),
    ("-5:6", "deffffffffffffffff01"),
    ("-0", "00"), ("0xaaai32 -0xaaai32", "aa0a000056f5ffff"),
    ("1:!{2:{3:!{{\"a\"}}}}", "0b12041b01611c0c"),
    ("536870912: 1", "808080801001"),
    // Lengths and groups
    ("{}", "00"), ("{{}}", "0100"), ("{1 {2 3} 4}", "050102020304"),
    ("25: { 1 2 3 4 5 6 7 }", "ca010701020304050607"),
    (
      "24: { 1: 5 2: {\"nested string\"} }",
      "c201110805" + "120d6e657374656420737472696e67"
    ),
    ("26: !{ 1: 55z 2: 1.4 3: {\"abcd\"} }", "d301086e11666666666666f63f1a0461626364d401"),
    ("27: !{long-form:3}", "db01dc81808000"), ("1: !{2: !{}}", "0b13140c"),
    ("long-form:1 1: !{ }", "8b000c"), ("1: !{{}}", "0b000c"),
    ("2:LEN 5 \"abcd\"", "120561626364"), ("5:I64 \"stuff\"", "297374756666"),
  ]

  @Test func tokensStandForTheBytesThatTheLanguageGivesThem() throws {
    for (text, expected) in Self.cases { #expect(try bytes(text) == expected, "\(text)") }
  }

  private static let faults: [(text: String, place: String, message: String)] = [
    ("1: {\n  2: {\n", "2:6", "expected a } for the {"), ("}", "1:1", "no { is open"),
    ("1: {}}", "1:6", "no { is open"), ("é \"ab", "1:1", "expected a string"),
    ("\"é\" \"ab", "1:5", "expected \" at the end"), (#""\q""#, "1:2", "expected \\\\"),
    (#""\x4""#, "1:2", "two hexadecimal digits"), (#""\400""#, "1:2", "\\377"),
    ("`0", "1:2", "pairs"),
    ("`00", "1:1", "expected ` at the end"), ("`0g`", "1:2", "pairs"), ("9:8", "1:1", "wire type"),
    ("1:WHAT", "1:1", "wire type"), ("1i32:", "1:1", "without i32"), ("1:2:3", "1:1", "wire type"),
    ("\n\n  12x", "3:3", "expected a string"), ("18446744073709551616", "1:1", "64 bits"),
    ("-9223372036854775809", "1:1", "64 bits"), ("4294967296i32", "1:1", "32 bits"),
    ("-2147483649i32", "1:1", "32 bits"), ("9223372036854775808z", "1:1", "signed"),
    ("1.", "1:1", "a number such as"), (".5", "1:1", "a number such as"),
    ("1.5e", "1:1", "a number such as"), ("1.0e400", "1:1", "float of 64"),
    ("1.0e40i32", "1:1", "float of 32"), ("nan", "1:1", "expected a string"),
    ("long-form:1 \"a\"", "1:1", "behind long-form"), ("long-form:1", "1:1", "behind long-form"),
    ("{long-form:1}", "1:2", "behind long-form"), ("long-form:1 1i32", "1:1", "behind long-form"),
    ("long-form:1 long-form:1 1", "1:1", "behind long-form"), ("long-form:x 1", "1:1", "1024"),
    ("long-form:1025 1", "1:1", "1024"), ("!{}", "1:1", "a tag without a wire type"),
    ("1:SGROUP !{}", "1:10", "a tag without a wire type"), ("1: ! {}", "1:4", "expected { right"),
    ("1: long-form:1 !{}", "1:4", "behind long-form"),
    ("2305843009213693952: 1", "1:1", "three bits"),
    ("1e1", "1:1", "expected a string"), ("1.0e+1", "1:1", "a number such as"),
    ("long-form:0 true", "1:1", "behind long-form"), ("[1]", "1:1", "expected a string"),
  ]

  @Test func faultsAreToldWithLineAndColumnAndWhatWasExpected() {
    for (text, place, message) in Self.faults {
      let error = #expect(throws: ProtoscopeError.self, "\(text)") { try bytes(text) }
      let told = error?.description ?? ""
      #expect(told.hasPrefix(place + ": ") && told.contains(message), "\(text): \(told)")
    }
  }

  @Test func bracesMayBeNestedHoweverDeep() throws {
    let count = 200_000
    let text = String(repeating: "{", count: count) + String(repeating: "}", count: count)
    let bytes = try Protoscope.assemble(Array(text.utf8))
    #expect(bytes.count > 2 * count && bytes.last == 0)
  }

  @Test func whateverTheTextIsItIsAssembledOrRefused() {
    let words = [
      "{", "}", "!{", "1:", "2:LEN", "long-form:2", "\"", "\\x4", "\\", "`", "0f", "-", "1z",
      "1.5i32",
      "\n", " ", "#", "é", "inf64", "-9223372036854775808", "3:", "0x", "!", ":", "i32",
    ]
    var random = SeededGenerator(seed: 11)
    var assembled = 0
    for _ in 0..<3000 {
      let count = Int.random(in: 0...8, using: &random)
      let text = (0..<count).compactMap { _ in words.randomElement(using: &random) }.joined()
      assembled += (try? Protoscope.assemble(Array(text.utf8))) == nil ? 0 : 1
    }
    #expect(100...2900 ~= assembled)
  }
}
