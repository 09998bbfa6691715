/**
 * How mail programs write a reply in HTML, made up for these tests after their structure. `ANSWER` stands where the
 * writer writes, `LETTER` where our message is quoted.
 */
export const HTML_PROGRAMS: readonly (readonly [program: string, html: string])[] = [
  [
    'Gmail',
    '<div dir="ltr"><div>ANSWER</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, 2 Feb 2016 at 11:12, ILN &lt;<a href="mailto:r@p.example">r@p.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">LETTER</blockquote></div>',
  ],
  [
    'Gmail, below the quote',
    '<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 2 Feb 2016 at 11:12, ILN &lt;r@p.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">LETTER</blockquote><div><br></div><div>ANSWER</div></div></div>',
  ],
  [
    'Gmail, signature',
    '<div dir="ltr">ANSWER<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Ana<br>Say YES to libraries</div></div><br><div class="gmail_quote"><div class="gmail_attr">On Tue ILN wrote:</div><blockquote class="gmail_quote">LETTER</blockquote></div>',
  ],
  [
    'Gmail, forwarded',
    '<div dir="ltr">ANSWER<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong>ILN</strong> &lt;r@p.example&gt;<br>Date: Tue, Feb 2, 2016<br></div><br><br>LETTER</div></div>',
  ],
  [
    'Outlook on the web',
    '<html><body dir="ltr"><div class="elementToProof" style="font-family:Calibri">ANSWER</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> ILN &lt;r@p.example&gt;<br><b>Sent:</b> Tuesday, February 2, 2016 11:12 AM<br><b>To:</b> Ana<br><b>Subject:</b> Can you</font><div>&nbsp;</div></div><div>LETTER</div></body></html>',
  ],
  [
    'Outlook on the desktop',
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm}</style></head><body lang="EN-GB"><div class="WordSection1"><p class="MsoNormal">ANSWER<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> ILN &lt;r@p.example&gt; <br><b>Sent:</b> 02 February 2016 11:12<br><b>To:</b> Ana<br><b>Subject:</b> Can you<o:p></o:p></p></div><p class="MsoNormal">LETTER</p></div></body></html>',
  ],
  [
    'Outlook, in a language nobody entered',
    '<div class="WordSection1"><p class="MsoNormal">ANSWER</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Nuo:</b> ILN &lt;r@p.example&gt;<br><b>Išsiųsta:</b> 2016 m. vasario 2 d. 11:12<br><b>Kam:</b> Ana<br><b>Tema:</b> Can you</p></div><p>LETTER</p></div>',
  ],
  [
    'Outlook, quote drawn beside',
    '<div><p class="MsoNormal">ANSWER</p><div style="border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt"><p><b>From:</b> ILN<br>LETTER</p></div></div>',
  ],
  [
    'Outlook for telephones',
    '<div dir="auto">ANSWER</div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>Get <a href="https://aka.ms/x">Outlook for iOS</a></div><div id="mail-editor-reference-message-container"><hr><div><b>From:</b> ILN</div><div>LETTER</div></div>',
  ],
  [
    'Apple Mail',
    '<html><body style="overflow-wrap: break-word;">ANSWER<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 2 Feb 2016, at 11:12, ILN &lt;r@p.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>LETTER</div></blockquote></div><br></body></html>',
  ],
  [
    'iPhone',
    '<html><body dir="auto">ANSWER<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 2 Feb 2016, at 11:12, ILN &lt;r@p.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">LETTER</div></blockquote></body></html>',
  ],
  [
    'Thunderbird',
    '<html><body><p>ANSWER</p><div class="moz-cite-prefix">On 02/02/2016 11:12, ILN wrote:<br></div><blockquote type="cite" cite="mid:x@p.example">LETTER</blockquote></body></html>',
  ],
  [
    'Thunderbird, below the quote',
    '<html><body><div class="moz-cite-prefix">Am 02.02.16 um 11:12 schrieb ILN:<br></div><blockquote type="cite" cite="mid:x@p.example">LETTER</blockquote><p>ANSWER</p><div class="moz-signature">-- <br>Ana</div></body></html>',
  ],
  [
    'Yahoo',
    '<div class="ydp1yahoo-style-wrap"><div dir="ltr" data-setdir="false">ANSWER</div><div><br></div></div><div id="ydp1yahoo_quoted_123" class="ydp1yahoo_quoted"><div>On Tuesday, 2 February 2016, ILN &lt;r@p.example&gt; wrote:</div><div>LETTER</div></div>',
  ],
  [
    'Yahoo, older',
    '<div style="color:#000">ANSWER<div class="yahoo_quoted" id="yahoo_quoted_123"><div>On Tue, ILN wrote:</div>LETTER</div></div>',
  ],
  [
    'Yahoo for telephones',
    'ANSWER<br><br><div id="ymail_android_signature"><a href="https://go.onelink.me/x">Sent from Yahoo Mail on Android</a></div><br><blockquote style="margin: 0 0 20px 0;"><div style="font-family:Roboto">On Tue, 2 Feb 2016 at 11:12, ILN wrote:</div><div>LETTER</div></blockquote>',
  ],
  [
    'Zimbra',
    '<html><body><div style="font-family: arial">ANSWER<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"ILN" &lt;r@p.example&gt;<br><b>Sent: </b>Tuesday</div><div data-marker="__QUOTED_TEXT__">LETTER</div></div></body></html>',
  ],
  [
    'Zoho',
    '<div style="font-family: Verdana">ANSWER<br><div class="zmail_extra"><div>---- On Tue, 02 Feb 2016 11:12:45 +0100 <b>ILN &lt;r@p.example&gt;</b> wrote ---</div><blockquote style="border-left: 1px solid #cccccc;">LETTER</blockquote></div></div>',
  ],
  [
    'GMX',
    '<html><body><div style="font-family: Verdana;"><div>ANSWER</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b>&nbsp;Dienstag<br><b>Von:</b>&nbsp;ILN</div><div name="quoted-content">LETTER</div></div></div></div></body></html>',
  ],
  [
    'Proton',
    '<div style="font-family: Arial;">ANSWER</div><div class="protonmail_signature_block"><div>Sent with Proton Mail</div></div><div class="protonmail_quote">On Tuesday, February 2nd, 2016 at 11:12, ILN &lt;r@p.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">LETTER</blockquote><br></div>',
  ],
  [
    'Spark',
    '<html><body><div name="messageBodySection"><div dir="auto">ANSWER</div></div><div name="messageSignatureSection"><br>Ana</div><div name="messageReplySection">On 2 Feb 2016, 11:12 +0100, ILN &lt;r@p.example&gt;, wrote:<br><blockquote type="cite" style="border-left-color: grey;">LETTER</blockquote></div></body></html>',
  ],
  [
    'Roundcube',
    '<html><body><p>ANSWER</p><div id="signature">-- <br>Ana</div><p id="reply-intro">On 2016-02-02 11:12, ILN wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div id="replybody1">LETTER</div></blockquote></body></html>',
  ],
  [
    'Samsung',
    '<html><body dir="auto"><div>ANSWER</div><div><br></div><div id="composer_signature"><div style="font-size:12px">Sent from my Galaxy</div></div><div><br></div><div style="font-size:100%"><!-- originalMessage --><div>-------- Original message --------</div><div>From: ILN &lt;r@p.example&gt; </div><div>Date: 02/02/2016 11:12 (GMT+01:00) </div><div>To: ana@library.example </div><div>Subject: Can you </div></div><div>LETTER</div></body></html>',
  ],
  [
    'QQ',
    '<div>ANSWER</div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"ILN"&lt;r@p.example&gt;;</div><div><b>发送时间:</b>&nbsp;2016年2月2日(星期二) 晚上6:12</div><div><b>主题:</b>&nbsp;Can you</div></div><div>LETTER</div>',
  ],
  [
    'NetEase',
    '<div style="line-height:1.7">ANSWER</div><br><div id="isReplyContent"><p>At 2016-02-02 18:12:33, "ILN" &lt;r@p.example&gt; wrote:</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">LETTER</blockquote></div>',
  ],
  [
    'NetEase, newer',
    '<div>ANSWER</div><p style="margin: 0;"><br></p><pre><br>在 2016-02-02 18:12:33，"ILN" &lt;r@p.example&gt; 写道：</pre><blockquote id="isReplyContent">LETTER</blockquote>',
  ],
  [
    'Naver',
    '<div style="font-size:10pt"><p>ANSWER</p></div><p>-----Original Message-----<br><b>From:</b> "ILN"&lt;r@p.example&gt; <br><b>To:</b> &lt;ana@library.example&gt;; <br><b>Sent:</b> 2016-02-02 (화) 19:12:33<br><b>Subject:</b> Can you</p><div>LETTER</div>',
  ],
  [
    'Yandex',
    '<div>ANSWER</div><div>&nbsp;</div><div>02.02.2016, 11:12, "ILN" &lt;r@p.example&gt;:</div><blockquote><p>LETTER</p></blockquote>',
  ],
  [
    'Mail.ru',
    '<div>ANSWER</div><div data-signature-widget="container"><br>--<br>Анна</div><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Вторник, 2 февраля 2016, 11:12 +03:00 от ILN &lt;r@p.example&gt;:<br>LETTER</blockquote>',
  ],
  [
    'Notes',
    '<span style="font-size:10pt;font-family:sans-serif">ANSWER</span><br><br><br><table><tr><td><span style="color:#5f5f5f">From:</span></td><td>&quot;ILN&quot; &lt;r@p.example&gt;</td></tr><tr><td>To:</td><td>ana@library.example</td></tr><tr><td>Date:</td><td>02/02/2016 11:12</td></tr><tr><td>Subject:</td><td>Can you</td></tr></table><hr noshade><br>LETTER',
  ],
  [
    'FairEmail',
    '<p>ANSWER</p><p>2 February 2016 11:12, ILN &lt;r@p.example&gt; wrote:</p><blockquote type="cite" style="margin:0;border-left:3px solid #ccc; padding-left:3px">LETTER</blockquote>',
  ],
  [
    'an old Hotmail',
    '<body class="hmmessage"><div dir="ltr">ANSWER<br><br><div><hr id="stopSpelling">Date: Tue, 2 Feb 2016 11:12:00 +0100<br>Subject: Can you<br>From: r@p.example<br>To: ana@library.example<br><br>LETTER</div></div></body>',
  ],
  [
    'an old Outlook for Mac',
    '<div>ANSWER</div><span id="OLK_SRC_BODY_SECTION"><div style="border-top: #b5c4df 1pt solid"><b>From:</b> ILN<br></div><div>LETTER</div></span>',
  ],
]
