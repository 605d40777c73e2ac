/// The text format of Prometheus, version 0.0.4.
enum PrometheusText {
  /// Puts several texts together: the samples of one metric have to stand together, behind its
  /// comments.
  static func merged(_ texts: [String]) -> String {
    var order: [Substring] = []
    var comments: [Substring: [Substring]] = [:]
    var samples: [Substring: [Substring]] = [:]
    for text in texts {
      var family: Substring = ""
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 3)
        if line.hasPrefix("# "), words.count > 2 {
          family = words[2]
          if comments[family]?.contains(line) != true { comments[family, default: []].append(line) }
        } else {
          samples[family, default: []].append(line)
        }
        if !order.contains(family) { order.append(family) }
      }
    }
    return order.map { family in
      ((comments[family] ?? []) + (samples[family] ?? [])).map { $0 + "\n" }.joined()
    }.joined()
  }
}
