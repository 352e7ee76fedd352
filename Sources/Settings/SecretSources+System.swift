import Foundation
import GatewayKit

extension SecretSources {
    /// Secrets from the given environment and from files of at most 64 KiB.
    package static func system(environment: [String: String]) -> SecretSources {
        SecretSources(environment: { environment[$0] }, file: { try TextFile.read($0, atMost: 65_536) })
    }
}

/// Reads a small text file.
enum TextFile {
    /// Why the file cannot be used, in words.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ path: String, atMost limit: Int) throws(Unreadable) -> String {
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            bytes = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw Unreadable(description: reason(error))
        }
        guard bytes.count <= limit else { throw Unreadable(description: "longer than \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable(description: "not UTF-8") }
        return text
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let posix = (error.userInfo[NSUnderlyingErrorKey] as? NSError) ?? error
        switch (posix.domain, posix.code) {
        case (NSPOSIXErrorDomain, let code): return String(cString: strerror(Int32(code)))
        case (NSCocoaErrorDomain, CocoaError.fileReadNoSuchFile.rawValue): return "no such file"
        case (NSCocoaErrorDomain, CocoaError.fileReadNoPermission.rawValue): return "permission denied"
        default: return error.localizedDescription
        }
    }
}
