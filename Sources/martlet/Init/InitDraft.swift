/// The answers that the options of `martlet init` give, as they were written. Nil and empty values are asked for, or
/// get their defaults.
struct InitDraft {
    var domain: String?
    var software: String?
    var server: String?
    var admin: String?
    /// The domain of the gateway to IRC.
    var irc: String?
    var networks: String?
    /// The domain of the gateway to text messages.
    var sms: String?
    var provider: String?
    /// Settings of the provider, each as `NAME=VALUE`, or as `NAME=@FILE`.
    var settings: [String] = []
    var numbers: String?
    var publicURL: String?
    var hasLoopback = false
    var folder = InitDraft.usualFolder
    var data: String?

    static let usualFolder = "/etc/martlet"
    static let usualData = "/var/lib/martlet"

    var namesGateways: Bool { irc != nil || sms != nil || hasLoopback }
}
