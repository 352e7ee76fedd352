/// Notifications that were signed with an RSA key of OpenSSL, and the certificate of the key.
enum SignedNotifications {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICxTCCAa2gAwIBAgIBATANBgkqhkiG9w0BAQsFADAmMSQwIgYDVQQDDBtzbnMu
        dXMtZWFzdC0xLmFtYXpvbmF3cy5jb20wHhcNMjMwMTAxMDAwMDAwWhcNNDMwMTAx
        MDAwMDAwWjAmMSQwIgYDVQQDDBtzbnMudXMtZWFzdC0xLmFtYXpvbmF3cy5jb20w
        ggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDi1wFPkPkTujlaRW0o1hlg
        jAvtbcU1lViZRHBvDo25J7s7YhjFxvVpOktDaNggfhVBE00LUgA9BNMekGEjU23f
        9gN6Y2B666LSXyh6+alNGDSVF89gbWqihN+PYoN5wv8mzZFeQNxPNtiYnhaWcoX0
        6i8Yd2y7TaQ1QZio+mNDNmKZbRh2777YSPgXW7017gkBkPPwT00zjHXaetY0+F8B
        4lkzWcxABNaHmnIDpMfo0IjsDbIESCJnojZXJX2lEhJ/DM12mR0h4tDgc6K9PUxK
        5y1KDjCn4ERpqnMUA16Rq9NW3aSEBgrb2Uilc216e+0SVgB8E2halhE8mC3Z/DVP
        AgMBAAEwDQYJKoZIhvcNAQELBQADggEBAH1cbJmjIldSqHR4rosKWKLhdurMo5Ou
        wtJ+0tI4OuYwuZlxT0OITkcg0J9qsyL1g/naopEXp6rhWLFb7WRIpJSGWmH89Y5Z
        aiV2s0veNWkC2wcBXPe4LvEP7PVjsC6inYUfLVJ9PzuBn7/4F8Ar1p436qI66wmR
        c+qutyMGZAOAPZAjP0n+fXZ/f7g0aTJ0JHzGOS6UoEjaScDdpA2DOkPyoVITYCnf
        3WRo4qGhCr3bFqTEBjaDRWrBUegHVKzMd5BRebFp8XyrDM1MDljuvpvjf2gzgTzD
        tN4xp6j0j20GsYStMG9F8do5qfd6AFmcWVZBZi04R+mJ1LizkLrmsCQ=
        -----END CERTIFICATE-----
        """
    static let url = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"
    static let text = [
        #"{"Type": "Notification", "MessageId": "11111111-2222", "TopicArn": "arn:aws:sns:us-east-1:1:sms", "T"#,
        #"imestamp": "2026-01-01T12:00:00.000Z", "Message": "{\"id\": \"m-1\", \"from\": \"+15551112222\", \"t"#,
        #"o\": \"+15550001111\", \"text\": \"hi\"}", "SignatureVersion": "2", "Signature": "cGIvIY/1t+NZMGbNaT"#,
        #"IrHcSWPF+0bNzqJOi/N7xeVfbaFUD8M+0E6N8CnT6ChOpJXfPNHoH9WiQ2HJvkT8NxxZj1OFPwsG7uNZuPhbFAv9jQhl7ZrOPz12"#,
        #"lC610nqnXXkM7or/D2vE9MJkbeeYwiLpb/EIJR/dKrkktco+PZtm0ZW0a9e4ZrYjGEIfYttX7lRg3P8ewrruhv8EM35IBRPqJ9s5"#,
        #"ygSvbErhjcuFuElUBLVij1g60Qq44Q6mquspwmNOeSv+PI2gWziCvad9l4dlKhpbu9IGUuDRae2RjQdSk5XAjqFsEoXczjRwOvB9"#,
        #"jN1/n2r5TiDHw4gL41Q9rb3g==", "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificati"#,
        #"onService-0123abcd.pem"}"#,
    ].joined()
    static let ofAnotherTopic = [
        #"{"Type": "Notification", "MessageId": "11111111-2222", "TopicArn": "arn:aws:sns:us-east-1:2:sms", "T"#,
        #"imestamp": "2026-01-01T12:00:00.000Z", "Message": "{\"id\": \"m-1\", \"from\": \"+15551112222\", \"t"#,
        #"o\": \"+15550001111\", \"text\": \"hi\"}", "SignatureVersion": "2", "Signature": "LgWOdGe8J5nsBk697W"#,
        #"JHc3NdB7rUajS1I/38jkwCCmNmvri6v1tR0bcUh5y3dbXtEhydokQMm5+AfNI8kDFhKFTJfYqWgRLNTpPWdUCgkgWFd86Vj38LN4"#,
        #"4hfN+s63i36epZ6FjtSDwyY4C3s9wpvgFxxlxrg99LFugWeIkSib1ewsZw4DhD1XUOqBlLz7fY3tN04Cqq2RjxkSh1DLKcNCLrFZ"#,
        #"rHS8/kiNA5+XFMMKk+9H+Tj0aQzWf412cBcwyIVXwOFVohM0ifyCUU3f8Py49ZSkTm6tXJhj4SDXF629PTl+SdeV4Yp1jfdJoLIn"#,
        #"AEhy4SXk2uIrRGEcCO8OkjhQ==", "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificati"#,
        #"onService-0123abcd.pem"}"#,
    ].joined()
    static let confirmation = [
        #"{"Type": "SubscriptionConfirmation", "MessageId": "11111111-2222", "TopicArn": "arn:aws:sns:us-east-"#,
        #"1:1:sms", "Timestamp": "2026-01-01T12:00:00.000Z", "Message": "You have chosen", "Token": "tok", "Su"#,
        #"bscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=tok", "Signature"#,
        #"Version": "2", "Signature": "0fSbs/kIi4xs44vmIQMs6uVmg9fH9wIUVZZB9wLb3TXVPMSBF7oaVRA7iCOW6h0Zf29SJp2"#,
        #"pm2e8cr8s21m3dpuCcL0FFOY97ThAKsOcZm+ziGtmM61gDEWlPPyEc3Eqy8Rqb16CxZD1mfg9zlFgzOIMxKF8LusDQUBRo2FaGy5"#,
        #"DFVUlsie+xlvrohlm4yUp/Ob6DZMt16YMWA+2My03/Qr/kbny7fOky2HNQJvsy0P3IwXr2ozledgqzo/psOQOdJf9Jv2LqCy/Lid"#,
        #"lV2ikvwAik/Wvr3THell3b00GFvnw1q7skiu6U5a7mtp8GX2vVYOzMCTvj9zE5UE59CPGjA==", "SigningCertURL": "https"#,
        #"://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"}"#,
    ].joined()
    /// Its address for the confirmation is not Amazon's.
    static let falseConfirmation = [
        #"{"Type": "SubscriptionConfirmation", "MessageId": "11111111-2222", "TopicArn": "arn:aws:sns:us-east-"#,
        #"1:1:sms", "Timestamp": "2026-01-01T12:00:00.000Z", "Message": "You have chosen", "Token": "tok", "Su"#,
        #"bscribeURL": "https://evil.example/?Action=ConfirmSubscription&Token=tok", "SignatureVersion": "2", "#,
        #""Signature": "Z0ZUttrK9nr96CXbJFcL88BYloTJj1Kp6EF4GZRj6098D7gQDCGNv/bDmok/YO5hDx2+Eyni00BND7PjnSJ9Rd"#,
        #"glxhUO0we1sbzmgnUiwdQzIvpq+pkYlkpBgoJmopJ8cBuhm/nMDjwQp3DIUTcr7luefOK0yJN53/c+idIvL5bByGrat5jsaEmFZW"#,
        #"JIwqrBlzqaSRYPdinXtwCCrx1zIHVufbwoowNW+wYku6TcyjqntrmVSRRUslBI4XpZmqfXbu31fy4SemR3whwd0ztU6fLyH9HcQx"#,
        #"ED27TMLJ3J0LDg9wO6a7J9pFeq+JgmtoIiKFlMvltZ2LbED4lBEvCeSg==", "SigningCertURL": "https://sns.us-east-"#,
        #"1.amazonaws.com/SimpleNotificationService-0123abcd.pem"}"#,
    ].joined()
}
