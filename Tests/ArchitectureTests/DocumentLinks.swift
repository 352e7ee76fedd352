import Foundation

/// The links of a Markdown document to files of the repository and to headings of other documents.
struct DocumentLinks {
    /// Whether a path from the repository's root exists.
    let exists: (String) -> Bool
    /// The text of the document at a path; nil if there is none.
    let text: (String) -> String?

    /// The links of a document that lead nowhere.
    func deadLinks(in document: SourceFile) -> [Finding] {
        Self.prose(document.text).enumerated().flatMap { index, line in
            line.matches(of: /\]\(<?([^)\s>]+)>?\)/).compactMap { match in
                let link = String(match.output.1)
                return isAlive(link, from: document.path)
                    ? nil : Finding(path: document.path, line: index + 1, what: "\(link) leads nowhere")
            }
        }
    }

    private func isAlive(_ link: String, from path: String) -> Bool {
        if link.contains(/^[a-z]+:/) { return true }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let target = parts[0].isEmpty ? path : Self.resolve(parts[0], from: path)
        guard let target, exists(target) else { return false }
        guard parts.count > 1 else { return true }
        return text(target).map { Self.anchors(in: $0).contains(parts[1]) } ?? false
    }

    /// A relative link as a path from the root; nil if it leads out of the repository.
    private static func resolve(_ link: String, from path: String) -> String? {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(String(part))
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return parts.joined(separator: "/")
    }

    /// The anchors of a document's headings, as code hosts make them.
    private static func anchors(in text: String) -> Set<String> {
        Set(
            prose(text).filter { $0.hasPrefix("#") }.map { heading in
                heading.drop { $0 == "#" }.lowercased().trimmingCharacters(in: .whitespaces)
                    .filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.replacing(" ", with: "-")
            })
    }

    /// The lines of a document, those of code blocks emptied.
    private static func prose(_ text: String) -> [Substring] {
        var isCode = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return isCode ? "" : line
        }
    }
}
