import NIOSSL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A file of certificates, or of a private key, in PEM (RFC 7468).
struct PEMFile {
    let path: String

    /// The certificates of the file, at least one.
    ///
    /// - Throws: `DialError.badSettings`.
    func certificates() throws(DialError) -> [NIOSSLCertificate] {
        try checkReadable()
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw .badSettings(reason: "the file \(path) has no certificate in PEM")
        }
        return certificates
    }

    /// The private key in the file.
    ///
    /// - Throws: `DialError.badSettings`, which does not show the key.
    func key() throws(DialError) -> NIOSSLPrivateKey {
        try checkReadable()
        guard let key = try? NIOSSLPrivateKey(file: path, format: .pem) else {
            throw .badSettings(reason: "the file \(path) has no private key in PEM, or one with a passphrase")
        }
        return key
    }

    /// The library gives no reason for a file that it cannot open, and would wait for a writer of a pipe.
    private func checkReadable() throws(DialError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable("it is no regular file") }
        guard access(path, R_OK) == 0 else { throw unreadable(String(cString: strerror(errno))) }
    }

    private func unreadable(_ reason: String) -> DialError {
        .badSettings(reason: "the file \(path) cannot be read: \(reason)")
    }
}
