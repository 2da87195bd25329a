/// Certificates in force from 2026 to 2126, and their key, with which all of them are signed.
package enum CertificateText {
    /// With characters that RFC 4514 escapes, and five alternative names, of which one has a space and one is an address.
    package static let named = pem(
        """
        MIIB1jCCAXygAwIBAgIBATAKBggqhkjOPQQDAjBJMQswCQYDVQQGEwJERTEjMCEGA1UECgwaRXgs
        IGFtK3BsZTsgIkdtYkgiIDx4PiA9IFwxFTATBgNVBAMMDCAjbGFwdG9wIMO2IDAgFw0yNjAxMDEw
        MDAwMDBaGA8yMTI2MDEwMTAwMDAwMFowSTELMAkGA1UEBhMCREUxIzAhBgNVBAoMGkV4LCBhbStw
        bGU7ICJHbWJIIiA8eD4gPSBcMRUwEwYDVQQDDAwgI2xhcHRvcCDDtiAwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYO
        lez/zaaf5MNw0F4iedYLH+aUo1MwUTBPBgNVHREESDBGgg5sYXB0b3AuZXhhbXBsZYYXc3BpZmZl
        Oi8vZXhhbXBsZS9sYXB0b3CBCWxAZXhhbXBsZYIKd2l0aCBzcGFjZYcECgAAATAKBggqhkjOPQQD
        AgNIADBFAiB3IyWZHYKXJtvh75HlmKqgkSnslW+ZeJAZspHnAzHd0QIhANKQqqN+x+n1fsuc+jSw
        BlMJ5WMOGtJ/RZinaYR9LfHA
        """)

    /// With two attributes in one part, a text in UTF-16, and a type that RFC 4514 has no name for.
    package static let odd = pem(
        """
        MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjBFMR4wCwYDVQQDDAQjYQpiMA8GCgmSJomT8ixk
        AQEMAXUxDzANBgNVBAMeBgBiAG0AcDESMBAGCSqGSIb3DQEJARYDeEB5MCAXDTI2MDEwMTAwMDAw
        MFoYDzIxMjYwMTAxMDAwMDAwWjBFMR4wCwYDVQQDDAQjYQpiMA8GCgmSJomT8ixkAQEMAXUxDzAN
        BgNVBAMeBgBiAG0AcDESMBAGCSqGSIb3DQEJARYDeEB5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
        QgAEZO3fJTDgIjbzUaUJupqd7525yNZI6LZUZhvcvu1GzpQTybL6z37r7h/nW2q2DpXs/82mn+TD
        cNBeInnWCx/mlDAKBggqhkjOPQQDAgNIADBFAiEA8CN+txyhKMlA+ZNwsKwrdwXhCWrMvmuxbw6a
        m4qfJVcCIB+8d4dX95ULT/2og+xfdgFnkMRw1eXt/QhWKP/MFPTT
        """)

    /// Without a subject.
    package static let nameless = pem(
        """
        MIHuMIGVoAMCAQICAQEwCgYIKoZIzj0EAwIwADAgFw0yNjAxMDEwMDAwMDBaGA8yMTI2MDEwMTAw
        MDAwMFowADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGTt3yUw4CI281GlCbqane+ducjWSOi2
        VGYb3L7tRs6UE8my+s9+6+4f51tqtg6V7P/Npp/kw3DQXiJ51gsf5pQwCgYIKoZIzj0EAwIDSAAw
        RQIhAJJHFrHVHgHzhzvOYjs2Xtufu6eL+PL5k9vjs8ZjMdJeAiB9BbdC0zlYpxhoRw+Py5OTHzdH
        aykYnwvdRyaxVRAwyw==
        """)

    /// Of an authority that signs itself, named `r`.
    package static let root = pem(
        """
        MIIBKzCB0qADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXIwIBcNMjYwMTAxMDAwMDAw
        WhgPMjEyNjAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw
        0F4iedYLH+aUoyMwITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAKBggqhkjOPQQD
        AgNIADBFAiByjxy1udXNitDUJjsW7lFuX0yAcqhf7+gCFuFpOOJCqwIhALwVJgmHDhH9yyeeybmh
        WIJv11x+D3hpM83YLPMnk4zO
        """)

    /// The same, whose key may sign nothing but messages.
    package static let muteRoot = pem(
        """
        MIIBKzCB0qADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXIwIBcNMjYwMTAxMDAwMDAw
        WhgPMjEyNjAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw
        0F4iedYLH+aUoyMwITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIHgDAKBggqhkjOPQQD
        AgNIADBFAiEA9NbRbcIpRjlFCprvKpfOmdfeWeFblhtbzfhI/p9NcNkCIBgjvqXYlNUIzLp5iEPL
        xa6fBiC/T6FS/l6Kfo6KKcJa
        """)

    /// Of an authority that `r` has signed.
    package static let between = pem(
        """
        MIIBHDCBwqADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXIwIBcNMjYwMTAxMDAwMDAw
        WhgPMjEyNjAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAWIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw
        0F4iedYLH+aUoxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCOy0IZ28fE
        1rWmYenQ7Yon1Q9ZXHaq9nicFOxP1qnH8wIhAKLWIbn7ngzRjLEW6R3jXkHYFMoAz/z/+kZrqt4O
        vliA
        """)

    /// Of nobody but itself, signed by `r`.
    package static let leaf = pem(
        """
        MIIBFzCBv6ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXIwIBcNMjYwMTAxMDAwMDAw
        WhgPMjEyNjAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAWwwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw
        0F4iedYLH+aUoxAwDjAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0cAMEQCIGsz90I6CQkk0h0P
        WyWWFv9STF++PI0mKzPW6kETm2OIAiBpDyyeQDpvjuxab4kSbMcwIQYRjZ2AX7jvlUL1iHJddg==
        """)

    /// Of nobody but itself, named `r` and signed by itself.
    package static let ownLeaf = pem(
        """
        MIIBGDCBv6ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXIwIBcNMjYwMTAxMDAwMDAw
        WhgPMjEyNjAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARk7d8lMOAiNvNRpQm6mp3vnbnI1kjotlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw
        0F4iedYLH+aUoxAwDjAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0gAMEUCIQCQjqQ86IZAwVD3
        m6ZLnt8V3TLnxIMM+jSa+0yAPUP23QIgJeBOZuN6N5RGf6M8dwC6DowW8r54xMeqZQuUg+0qHO8=
        """)

    /// The key of all of them.
    package static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMKGTcVDJHKDymSci
        Ui1gi32qLbrBcw4VW+s8FK4NjDqhRANCAARk7d8lMOAiNvNRpQm6mp3vnbnI1kjo
        tlRmG9y+7UbOlBPJsvrPfuvuH+dbarYOlez/zaaf5MNw0F4iedYLH+aU
        -----END PRIVATE KEY-----
        """

    /// A key with a password.
    package static let lockedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCFfe7X4VRq7b6sHiPP
        lwPbAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQZTlu9gwI7RxH4s69
        +DcbwwSBkMfGKpkp3lHv/KN3ktEE2wIso4uz9r3tcPGnag+nXhljFNED0svogZo6
        KeIczBqZ8YCaeBKMx9gSK/LHWrLDjospN791jFarnRlM+MVOGt/nKceg0vnadg0C
        qmVd1ydtBTk0f7sCoBZICoDtCzU00msh8kX/LvGEteK2YZpUZMVQWhw/MPEb20VT
        I8PXEAiB6g==
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// A key that fits none of them.
    package static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTrzz+pYnhM/hRzna
        9GlBq1ChAWMSApCTjbmyybXg8PuhRANCAAR9ADY7lKIbIitPb2X/fm4bPcyBSU5f
        HGhl4bgfH7tG61v4x7Yynkk7URzDjOWaqZxKHGjF5yhVdD5PcqqpVyQp
        -----END PRIVATE KEY-----
        """

    private static func pem(_ text: String) -> String {
        "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
    }
}
