import FoundationEssentials

extension String {
  /// The UTF-8 in standard base64.
  var base64: String { Data(utf8).base64EncodedString() }
}
