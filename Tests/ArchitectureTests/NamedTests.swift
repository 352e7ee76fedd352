import Foundation

/// The tests that a document names in “quotation marks”, and the rows of its tables that name neither a test nor a
/// reason.
struct NamedTests {
    let document: SourceFile

    init(_ document: SourceFile) { self.document = document }

    /// The sentences of all tests in Swift files.
    static func sentences(in files: [SourceFile]) -> Set<String> {
        Set(
            files.flatMap { file in
                file.text.matches(of: /@Test\(\s*"((?:[^"\\]|\\.)*)"/).map { String($0.output.1) }
            })
    }

    /// The rows with a name that no test has, and the rows that prove nothing: they have no name and say neither that
    /// Martlet differs nor that something is missing.
    func problems(with sentences: Set<String>) -> [Finding] {
        document.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            let names = line.matches(of: /“([^”]+)”/).map { String($0.output.1) }
            let unknown = names.filter { !sentences.contains($0) && $0 != "quotation marks" }
            let isRow = line.hasPrefix("| ") && !line.hasSuffix("| in Martlet |")
            let isEmpty = isRow && names.isEmpty && !line.contains("*differs*") && !line.contains("*missing*")
            let words = unknown.map { "no test is called “\($0)”" } + (isEmpty ? ["no test and no reason"] : [])
            return words.map { Finding(path: document.path, line: index + 1, what: $0) }
        }
    }
}
