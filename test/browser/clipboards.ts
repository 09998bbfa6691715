/** What programs put on the clipboard, as they write it: made up, with their own kind of junk. */
import { PNG } from '../features/pictures/files.ts'

export const WORD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Temp/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} @list l0:level1 {mso-level-text:"-";} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->
<p class=MsoTitle><span lang=EN-US>Reading together<o:p></o:p></span></p>
<h2><b><span style='font-size:14.0pt'>This <i>fortnight</i></span></b></h2>
<p class=MsoNormal>Dear <b style='mso-bidi-font-weight:normal'>colleagues</b>,<span style='mso-spacerun:yes'>&nbsp; </span>please read <a href="https://www.example.org/guide?a=1&amp;b=2" title="x"><span style='color:blue'>the guide</span></a> and write to {{partner.given_name}}.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Say hello<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:"Courier New";mso-list:Ignore'>o<span>&nbsp;&nbsp; </span></span><![endif]>by email</p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>Ask <i>one</i> question</p>
<p class=MsoNormal>Then:</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>listen</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>2.<span>&nbsp; </span></span><![endif]>answer</p>
<p class=MsoNormal><span style='mso-no-proof:yes'><img width=100 src="data:image/png;base64,${PNG.toString('base64')}" v:shapes="Picture_1"></span></p>
<p class=MsoNormal><a name="_Toc1"></a><a href="file:///C:/secret.docx">a file of mine</a></p>
<!--EndFragment--></body></html>`

export const FROM_WORD = `## Reading together

## This *fortnight*

Dear **colleagues**, please read [the guide](https://www.example.org/guide?a=1&b=2) and write to {{partner.given_name}}.

- Say hello
    - by email
- Ask *one* question

Then:

1. listen
2. answer

a file of mine`

export const GOOGLE_DOCS = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-3f1c"><h1 dir="ltr" style="line-height:1.38;margin-top:20pt;"><span style="font-size:20pt;font-family:Arial;font-weight:400;">Reading together</span></h1><p dir="ltr"><span style="font-weight:400;font-style:normal;">Please be </span><span style="font-weight:700;">kind</span><span style="font-weight:400;"> and </span><span style="font-weight:400;font-style:italic;">curious</span><span>, and see </span><a href="https://www.google.com/url?q=https://www.example.org/a?b%3D1&amp;sa=D&amp;source=editors&amp;ust=1" style="text-decoration:none;"><span style="color:#1155cc;text-decoration:underline;">this page</span></a><span>.</span></p><br /><ul style="margin-top:0;"><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr" role="presentation"><span>One and a half</span></p></li></ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>Two</span></p></li></ul><h2 dir="ltr"><span style="font-weight:400;">Next</span></h2><p dir="ltr"><span><span style="border:none;"><img src="https://lh7-rt.googleusercontent.com/docsz/AD_4nX?key=x" width="602" height="400" /></span></span></p><p dir="ltr"><span>A price of 3 * 4 and a snake_case_word.</span></p></b><br class="Apple-interchange-newline">`

export const FROM_GOOGLE_DOCS = `## Reading together

Please be **kind** and *curious*, and see [this page](https://www.example.org/a?b=1).

- One
    - One and a half
- Two

### Next

A price of 3 \\* 4 and a snake\\_case\\_word.`

/** An editor of programs gives colours and nothing that means something. */
export const CODE = `<meta charset='utf-8'><div style="color: #d4d4d4;background-color: #1e1e1e;font-family: Menlo;white-space: pre;"><div><span style="color: #569cd6;">## A heading</span></div><div><span>and **bold** words</span></div></div>`
