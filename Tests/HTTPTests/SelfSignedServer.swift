import NIOCore
import NIOPosix
import NIOSSL

/// A TLS server on loopback whose certificate nobody trusts. The key is for this test alone.
enum SelfSignedServer {
    static func start() async throws -> any Channel {
        let certificate = try NIOSSLCertificate(bytes: Array(certificatePEM.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private static let certificatePEM = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUNXsBdemQ4hMkxdEmdkuqAfSyNbMwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4MjcwOFoYDzIxMjYxMDI4
        MDgyNzA4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQ6gKiAtLv52LouB12o6a2aUxnf3x/FR10H/tooHNGzeRJrx1M5Brdz
        RrN7gpCs+68m9CQT9KZY6N994Qbfgqr5o28wbTAdBgNVHQ4EFgQUB4SUKeWJW2Yt
        eNBYV2TWK2Ar7AgwHwYDVR0jBBgwFoAUB4SUKeWJW2YteNBYV2TWK2Ar7AgwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIhALeA//FIOCXSzaA/BB9WuI5DZWm5elTSzUysJvztK2cWAiAf
        SAz8b5SjF8amhlmrwNUlkn8r4xN9joJFxOs20SnCeQ==
        -----END CERTIFICATE-----
        """

    private static let keyPEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdtEy9mMFSmxFugYT
        6xUjxl5Cfp5BGjZdu7uR80y0gWmhRANCAAQ6gKiAtLv52LouB12o6a2aUxnf3x/F
        R10H/tooHNGzeRJrx1M5BrdzRrN7gpCs+68m9CQT9KZY6N994Qbfgqr5
        -----END PRIVATE KEY-----
        """
}
