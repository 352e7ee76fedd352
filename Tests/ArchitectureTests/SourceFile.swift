import Foundation

/// A text file of the repository as the rules see it.
struct SourceFile: Sendable {
    /// From the repository's root, with `/`.
    let path: String
    let text: String
    /// The text with comments and string literals blanked out, line by line as before.
    let code: String
    let lines: [Substring]
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = path.hasSuffix(".swift") ? CodeOnly.strip(text) : text
        lines = Self.split(text)
        codeLines = Self.split(code)
    }

    private static func split(_ text: String) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// Whether the file becomes part of the program, or of the kit for its tests.
    var isProduct: Bool { path.hasPrefix("Sources/") || (path.hasPrefix("gateways/") && path.contains("/Sources/")) }
    var isSwift: Bool { path.hasSuffix(".swift") }

    /// Whether the file is in one of these folders of `Sources`.
    func isIn(_ modules: String...) -> Bool { modules.contains { path.hasPrefix("Sources/\($0)/") } }
}

/// One place in a file that breaks a rule.
struct Finding: Sendable, Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}
