import MomentoAuth
import MomentoAuthMessages

/// The call that everything here makes: RefreshApiToken with texts as long as real ones.
enum SampleCall {
  static let keySize = 300
  static let validUntil: UInt64 = 1_900_000_000

  static let request = RefreshApiTokenRequest(
    apiKey: text(keySize, seed: 1), refreshToken: refreshToken)
  static let response = RefreshApiTokenResponse(
    apiKey: text(keySize, seed: 11), refreshToken: text(100, seed: 12),
    endpoint: text(endpointSize, seed: 13), validUntil: validUntil)
  static let refreshToken = text(100, seed: 2)

  /// A key as a user holds it. The inner key has the form of a real one, a JWT that expires.
  static var credential: String {
    let unsigned = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDB9."
    let signature = text(keySize - unsigned.utf8.count - 1, seed: 3) + "A"
    return KeyBundle(endpoint: "localhost", apiKey: Secret(unsigned + signature)).text.reveal()
  }

  private static let endpointSize = 40

  /// A text of digits, letters, `-` and `_` that is the same every time, and compresses badly.
  static func text(_ count: Int, seed: UInt32) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var state = seed &* 2_654_435_761 &+ 1
    return String(
      decoding: (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return alphabet[Int(state >> 24) & 63]
      }, as: UTF8.self)
  }
}
