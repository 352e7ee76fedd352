import ServerRig
import Testing

/// Channels of IRC networks as rooms.
@Suite("Rooms", .serialized, .stage(networks: [.ngircd, .inspircd])) struct Rooms {}

/// The same on ircd-hybrid, which has neither echoes nor SASL, but MONITOR, CALLERID and away-notify.
@Suite("ircd-hybrid", .serialized, .stage(networks: [.hybrid])) struct Hybrid {}

/// The login to an account by SASL.
@Suite("Login by SASL", .serialized, .stage(services: Plan.Services(.atheme))) struct SASL {}

/// The login to an account by a message to NickServ.
@Suite("Login by NickServ", .serialized, .stage(services: Plan.Services(.anope, hasSASL: false))) struct NickServ {}

/// People on IRC as contacts, and the gateway's information about itself.
@Suite("People and service", .serialized, .stage(networks: [.ngircd, .inspircd])) struct People {}

/// Text messages to and from phones.
@Suite("Telephony", .serialized, .stage(phones: true)) struct Telephony {}

/// Commands for users and operators, by form and by chat.
@Suite("Commands", .serialized, .stage(networks: [.ngircd], phones: true)) struct Commands {}

/// The same on ejabberd.
@Suite("Commands on ejabberd", .serialized, .stage(networks: [.ngircd], phones: true, home: .ejabberd))
struct CommandsOnEjabberd {}

/// The scenarios of `Commands` and `CommandsOnEjabberd`, one file for each behaviour.
enum CommandScenario {}

/// Behaviour across restarts, kills and outages. Every scenario has servers of its own.
@Suite("Continuity", .serialized) struct Continuity {}

/// The stream to the XMPP server: TLS, and several servers. Every scenario has servers of its own.
@Suite("Streams", .serialized) struct Streams {}

/// The program as its operator uses it.
@Suite("Command line") struct CommandLine {}

/// Faults at chosen points. Every scenario has servers of its own, with proxies between them and Martlet.
@Suite("Faults", .serialized) struct Faults {}

/// Faults at chosen points between Martlet, the provider and the phones.
@Suite("Faults and phones", .serialized) struct PhoneFaults {}

/// One user must not affect any other. Every scenario has servers of its own.
@Suite("Bystanders", .serialized) struct Bystanders {}

/// Faults with an effect only after a long wait. These scenarios run beside the other suites.
@Suite("Patience") struct Patience {}

/// The metrics, the status page and the commands for operators, as the operator sees them.
@Suite("Watching", .serialized, .stage(networks: [.ngircd], phones: true)) struct Watching {}
