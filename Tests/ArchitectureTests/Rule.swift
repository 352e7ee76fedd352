import Testing

/// One rule of the house that a program can check.
struct Rule: Sendable, CustomTestStringConvertible {
    /// The rule as a sentence.
    let sentence: String
    /// What to do about a finding.
    let advice: String
    /// Files that may break the rule, with the reason. An exception that is not needed any more is a finding too.
    var exceptions: [String: String] = [:]
    /// Contents to which the rule must object, and contents that it must accept, by path.
    let bad: [Sample]
    let good: [Sample]
    let applies: @Sendable (SourceFile) -> Bool
    /// Returns the numbers (from 1) and contents of the lines that break the rule.
    let search: @Sendable (SourceFile) -> [(line: Int, what: String)]

    struct Sample: Sendable {
        let file: SourceFile

        init(_ text: String, at path: String = "Sources/XMPP/Sample.swift") {
            file = SourceFile(path: path, text: text)
        }
    }

    var testDescription: String { sentence }

    func findings(in file: SourceFile) -> [Finding] {
        guard applies(file) else { return [] }
        return search(file).map { Finding(path: file.path, line: $0.line, what: $0.what) }
    }

    /// The findings in all these files, without those in exceptions, and the exceptions that are out of date.
    func findings(in files: [SourceFile]) -> [Finding] {
        let all = files.flatMap(findings(in:))
        let broken = Set(all.map(\.path))
        let stale = exceptions.keys.filter { !broken.contains($0) }.sorted()
        return all.filter { exceptions[$0.path] == nil }
            + stale.map { Finding(path: $0, line: 0, what: "needs no exception any more: take it off the list") }
    }
}

extension Rule {
    /// A rule that no line of code matches a pattern. Lines are shown trimmed.
    static func code(_ isBroken: @escaping @Sendable (Substring) -> Bool) -> @Sendable (SourceFile) -> [(Int, String)] {
        { file in
            zip(file.codeLines, file.lines).enumerated().compactMap { index, line in
                isBroken(line.0) ? (index + 1, line.1.trimmingPrefix { $0 == " " }.description) : nil
            }
        }
    }
}

/// Fails with one line for each finding, and what to do about it.
func expectKept(_ rule: Rule, sourceLocation: SourceLocation = #_sourceLocation) {
    let findings = rule.findings(in: Repository.files)
    let list = findings.map(\.description).joined(separator: "\n")
    let isKept = findings.isEmpty
    #expect(isKept, "\(rule.advice)\n\(list)", sourceLocation: sourceLocation)
}
