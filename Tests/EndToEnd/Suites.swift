import ServerRig
import Testing

/// Channels of IRC networks as rooms.
@Suite("Rooms", .serialized, .stage(networks: [.ngircd, .inspircd])) struct Rooms {}

/// Persons on IRC as contacts, and what the gateway says about itself.
@Suite("People and service", .serialized, .stage(networks: [.ngircd])) struct People {}

/// Phones.
@Suite("Telephony", .serialized, .stage(phones: true)) struct Telephony {}

/// What survives restarts, kills and outages: every scenario has servers of its own.
@Suite("Continuity", .serialized) struct Continuity {}

/// The program as its operator meets it.
@Suite("Command line") struct CommandLine {}

/// Harm at chosen points: every scenario has servers of its own, with proxies between them and Martlet.
@Suite("Faults", .serialized) struct Faults {}

/// The same, where phones are concerned.
@Suite("Faults and phones", .serialized) struct PhoneFaults {}

/// What one user does to all others: nothing. Every scenario has servers of its own.
@Suite("Bystanders", .serialized) struct Bystanders {}

/// Harm that shows only after a long wait, beside the others.
@Suite("Patience") struct Patience {}
