import Foundation

/// Files that belong to the rig or the project, found relative to this source file.
package enum RigResources {
    /// The project's folder.
    package static let project: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    static func path(_ name: String) -> String { project + "/Tests/Rig/Resources/" + name }
}
