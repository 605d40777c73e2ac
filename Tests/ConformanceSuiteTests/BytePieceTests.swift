import FoundationEssentials
import MomentoAuth
import TestSupport
import Testing

@testable import ConformanceSuite

@Suite struct BytePieceTests {
  @Test(
    "pieces become the bytes that they describe",
    arguments: [
      (#"[{"hex":"0a03"},{"hex":"616263","note":"abc"}]"#, "0a03616263"),
      (#"[{"hex":"61","times":3},{"hex":"0102","times":2}]"#, "61616101020102"),
      (#"[{"hex":"","times":4611686018427387904}]"#, ""), (#"[{"hex":"61","times":0}]"#, ""),
      (#"[{"hex":"1a"},{"length":[{"value":"key"}]}]"#, "1a03" + "6b6579"),
      (#"[{"length":[{"hex":"00","times":200}]}]"#, "c801" + String(repeating: "00", count: 200)),
      (#"[{"frame":[{"hex":"0800"}]}]"#, "00000000020800"),
      (#"[{"frame":[],"flag":1},{"frame":[{"frame":[]}]}]"#, "010000000000000000050000000000"),
    ])
  func bytes(json: String, expected: String) throws {
    #expect(hex(try made(of: json)) == expected)
  }

  @Test(
    "pieces that describe no bytes are refused with the reason",
    arguments: [
      ("[{}]", "exactly one"), (#"[{"hex":"00","value":"key"}]"#, "exactly one"),
      (#"[{"hex":"0"}]"#, "'0' is not hexadecimal"), (#"[{"hex":"0g"}]"#, "'0g' is not"),
      (#"[{"hex":"00","times":-1}]"#, "16 MiB"), (#"[{"hex":"00","times":16777217}]"#, "16 MiB"),
      (#"[{"hex":"0000","times":4611686018427387904}]"#, "16 MiB"),
      (
        #"[{"hex":"00","times":16777216},{"frame":[{"hex":"00","times":16777216}]}]"#, "16 MiB"
      ),
      (#"[{"value":"other"}]"#, "no value is named 'other'"),
    ])
  func refused(json: String, reason: String) throws {
    let error = #expect(throws: SuiteError.self) { try made(of: json) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  private func made(of json: String) throws -> [UInt8] {
    var values = NamedValues()
    values["key"] = Secret("key")
    let pieces = try JSONDecoder().decode([BytePiece].self, from: Data(json.utf8))
    return try BytePiece.bytes(of: pieces, values)
  }
}
